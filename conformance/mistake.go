package conformance

// Mistake is why nothing of a host can be judged: something is wrong with the
// address, the credentials or the network, or the host refuses every call alike.
// It is an ErrTarget when the address itself cannot be one, else an
// ErrUnreachable.
type Mistake struct {
	Kind MistakeKind
	// Wrong says what is wrong and Advice what to do about it, each a part of one
	// sentence. They hold nothing that the host wrote.
	Wrong, Advice string
}

// MistakeKind tells mistakes apart.
type MistakeKind string

// The kinds of mistakes.
const (
	// MistakePath: the address holds a path that the calls add themselves.
	MistakePath MistakeKind = "path"
	// MistakeName: nobody knows the host's name.
	MistakeName MistakeKind = "name"
	// MistakeNobody: nobody listens.
	MistakeNobody MistakeKind = "nobody"
	// MistakeSilent: the host takes connections and does not answer.
	MistakeSilent MistakeKind = "silent"
	// MistakeHTTP: the address says https, and the host speaks HTTP there.
	MistakeHTTP MistakeKind = "http"
	// MistakeHTTPS: the address says http, and the host speaks HTTPS there.
	MistakeHTTPS MistakeKind = "https"
	// MistakeProtocol: what answers speaks neither.
	MistakeProtocol MistakeKind = "protocol"
	// MistakeAuthority: nobody knows the authority of the host's certificate.
	MistakeAuthority MistakeKind = "authority"
	// MistakeCertificate: the certificate is not good for another reason, such as
	// its dates or its name. A run that has rules of TLS to judge goes on.
	MistakeCertificate MistakeKind = "certificate"
	// MistakeCredentials: the host refuses the login and password.
	MistakeCredentials MistakeKind = "credentials"
	// MistakeElsewhere: the host knows none of the API's addresses.
	MistakeElsewhere MistakeKind = "elsewhere"
	// MistakeRefused: the host refuses every call alike.
	MistakeRefused MistakeKind = "refused"
	// MistakeBusy: the host answers 429 to every call.
	MistakeBusy MistakeKind = "busy"
	// MistakeFailing: the host answers 5xx to every call.
	MistakeFailing MistakeKind = "failing"
)

func (m *Mistake) Error() string { return m.Wrong + ": " + m.Advice }

// Unwrap gives ErrTarget or ErrUnreachable.
func (m *Mistake) Unwrap() error {
	if m.Kind == MistakePath {
		return ErrTarget
	}
	return ErrUnreachable
}
