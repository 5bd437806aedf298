package load

// Request is one call.
type Request struct {
	Method string
	// Path with its query.
	Path string
	// Body is JSON, nil for none.
	Body []byte
	// Want judges the body of a 200 answer; nil takes any. It must not keep the
	// body.
	Want func(body []byte) error
}

// Source makes the requests of one connection, one after another. It is called
// by one goroutine at a time.
type Source func() Request

// Workload gives a connection its source.
type Workload func(connection int) Source
