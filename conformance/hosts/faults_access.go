package hosts

// Faults of the connection.
const (
	plainHTTP       name = "plain-http"
	oldTLS          name = "old-tls"
	certExpired     name = "certificate-expired"
	certOtherName   name = "certificate-other-name"
	certEndsSoon    name = "certificate-ends-soon"
	plainOnSamePort name = "plain-on-same-port"
	answersLate     name = "answers-late"
	answersSlowly   name = "answers-slowly"
	closesAlways    name = "closes-every-connection"
)

func connectionFaults() []row {
	return []row{
		{plainHTTP, "tls.https", "The API is served without TLS"},
		{oldTLS, "tls.old-refused", "TLS 1.0 is spoken"},
		{certExpired, "tls.certificate", "The certificate ended yesterday"},
		{certOtherName, "tls.certificate", "The certificate is for another host"},
		{certEndsSoon, "tls.certificate-days", "The certificate ends in three days"},
		{plainOnSamePort, "tls.no-plain-text", "The port of HTTPS answers without TLS as well"},
		{answersLate, "timing.each", "A card is shown after the limit"},
		{answersSlowly, "timing.usual", "Every answer takes a third of the limit"},
		{closesAlways, "timing.keep-alive", "Every connection is closed after one answer"},
	}
}

// Faults of who is let in.
const (
	noAuth            name = "no-auth"
	headerOnly        name = "any-authorization-header"
	emptyHeader       name = "empty-header-lets-in"
	emptyPair         name = "empty-pair-lets-in"
	anyPassword       name = "any-password"
	anyUser           name = "user-ignored"
	passwordPrefix    name = "password-prefix"
	passwordLonger    name = "password-longer"
	passwordCaseless  name = "password-caseless"
	userCaseless      name = "user-caseless"
	emptyPassword     name = "empty-password"
	swappedPair       name = "swapped-pair"
	noColon           name = "pair-without-colon"
	anyBase64         name = "broken-base64-lets-in"
	plainPair         name = "plain-pair"
	anyScheme         name = "any-scheme"
	anyBearer         name = "any-bearer"
	schemeCase        name = "scheme-case-matters"
	locksOut          name = "locks-out"
	oneMethodOpen     name = "one-method-open"
	oneWriteOpen      name = "one-write-open"
	listOpen          name = "list-open"
	verbsOpen         name = "options-open"
	unknownPathOpen   name = "unknown-path-open"
	worksBeforeAuth   name = "works-before-auth"
	refusalHasCard    name = "refusal-has-card"
	unauthorisedIs403 name = "unauthorised-403"
	unauthorisedIs200 name = "unauthorised-200"
	brokenAuthIs500   name = "broken-auth-500"
	unauthorisedPage  name = "unauthorised-page"
	noChallenge       name = "no-challenge"
	rightRefused      name = "right-refused-on-one-method"
)

func authFaults() []row {
	return []row{
		{noAuth, "auth.missing", "Nobody is asked for credentials"},
		{headerOnly, "auth.wrong-password", "Any Authorization header opens the door"},
		{emptyHeader, "auth.empty-header", "An empty Authorization header opens the door"},
		{emptyPair, "auth.empty-credentials", "An empty login with an empty password opens the door"},
		{anyPassword, "auth.wrong-password", "The password is not looked at"},
		{anyUser, "auth.wrong-user", "The login is not looked at"},
		{passwordPrefix, "auth.password-prefix", "The beginning of the password will do"},
		{passwordLonger, "auth.password-longer", "What follows the password is not looked at"},
		{passwordCaseless, "auth.password-case", "The password is compared without regard to case"},
		{userCaseless, "auth.user-case", "The login is compared without regard to case"},
		{emptyPassword, "auth.empty-password", "An empty password will do"},
		{swappedPair, "auth.swapped", "Login and password may change places"},
		{noColon, "auth.no-colon", "Login and password need no colon between them"},
		{anyBase64, "auth.not-base64", "Credentials that cannot be decoded open the door"},
		{plainPair, "auth.plain-credentials", "Credentials need not be encoded"},
		{anyScheme, "auth.other-scheme", "The pair is taken under any scheme"},
		{anyBearer, "auth.bearer", "Any Bearer token opens the door"},
		{schemeCase, "auth.scheme-case", "The word Basic has to be spelled with a capital letter"},
		{locksOut, "auth.after-failures", "Some wrong passwords lock everybody out"},
		{oneMethodOpen, "auth.every-method", "The history asks for no credentials"},
		{oneWriteOpen, "auth.every-method", "The update of a profile asks for no credentials"},
		{listOpen, "auth.every-method", "The list of all holders asks for no credentials"},
		{verbsOpen, "auth.every-verb", "OPTIONS asks for no credentials"},
		{unknownPathOpen, "auth.unknown-path", "A path that does not exist is served without credentials"},
		{worksBeforeAuth, "auth.no-effect", "The work is done before credentials are looked at"},
		{refusalHasCard, "auth.no-data", "The refusal of wrong credentials holds the card"},
		{unauthorisedIs403, "auth.status", "Wrong credentials are answered with 403"},
		{unauthorisedIs200, "auth.status", "Wrong credentials are answered with 200 and an error"},
		{brokenAuthIs500, "auth.status", "An Authorization header that cannot be read is answered with 500"},
		{unauthorisedPage, "auth.status", "Wrong credentials are answered with a page"},
		{noChallenge, "auth.challenge", "401 comes without WWW-Authenticate"},
		{rightRefused, "auth.accepted", "The right credentials are refused"},
	}
}

// Ways around the door.
const (
	queryCredentials name = "credentials-in-query"
	queryBypass      name = "query-bypass"
	headerBypass     name = "proxy-header-bypass"
	secondHeader     name = "second-header"
	localBypass      name = "local-bypass"
)

func bypassFaults() []row {
	return []row{
		{queryCredentials, "auth.query-bypass", "Credentials are taken from the query"},
		{queryBypass, "auth.query-bypass", "A query parameter of the developers opens the door"},
		{headerBypass, "auth.header-bypass", "A header of the proxy names the user"},
		{secondHeader, "auth.second-header", "Credentials are taken from another header"},
		{localBypass, "auth.user-info-bypass", "A caller who says to be local is let in"},
	}
}
