package openapitest

// Option changes how one exchange is judged.
type Option func(*settings)

// settings are what the options of one exchange come to.
type settings struct {
	badRequest        bool
	bareDigits        bool
	trailingSemicolon bool
	operation         string
}

// BadRequest says that the request breaks the contract on purpose, or is sloppy
// in a way that only the server forgives (no credentials, a byte order mark). It
// is not judged; the answer is.
func BadRequest() Option { return func(s *settings) { s.badRequest = true } }

// BareDigits is for a server with the switch for bare digits on: the number that
// reserveCard answers may be a JSON number. A string stays allowed, because a
// number that begins with zero has no other form in JSON.
func BareDigits() Option { return func(s *settings) { s.bareDigits = true } }

// TrailingSemicolon is for a server with the switch for the trailing semicolon
// on: the media type has to end with one.
func TrailingSemicolon() Option { return func(s *settings) { s.trailingSemicolon = true } }

// Operation says which operation answers, for a server on which its path is
// configured to be another than the document's. The request is not judged.
func Operation(id string) Option { return func(s *settings) { s.operation = id } }

func settle(opts []Option) settings {
	var s settings
	for _, opt := range opts {
		opt(&s)
	}
	return s
}
