package entrance

import "github.com/gin-gonic/gin"

// NewEngine makes a router that never redirects, and that keeps an escaped
// slash inside a card number from becoming a separator.
func NewEngine() *gin.Engine {
	// In debug mode gin prints every route to the standard output. The mode is
	// the process's, so it is left alone where it prints nothing.
	if gin.IsDebugging() {
		gin.SetMode(gin.ReleaseMode)
	}
	engine := gin.New()
	engine.RedirectTrailingSlash = false
	engine.RedirectFixedPath = false
	engine.HandleMethodNotAllowed = true
	engine.UseRawPath = true
	engine.UnescapePathValues = true
	engine.ForwardedByClientIP = false
	return engine
}
