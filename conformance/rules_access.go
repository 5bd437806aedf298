package conformance

import "koshelek-adapter/conformance/contract"

func tlsRules() []contract.Rule {
	return []contract.Rule{
		{ID: "tls.https", Text: "The API is served over HTTPS.", Mark: published, Source: fromOverview, Since: v100, Severity: contract.Critical},
		{ID: "tls.version", Text: "TLS 1.2 or later is spoken.", Mark: inferred, Source: fromTLS, Since: v100, Severity: contract.Major},
		{ID: "tls.old-refused", Text: "TLS 1.0 and 1.1 are refused.", Mark: inferred, Source: fromTLS, Since: v100, Severity: contract.Minor},
		{ID: "tls.certificate", Text: "The certificate is valid for the host's name, today, and by an authority that the caller trusts.", Mark: inferred, Source: fromTLS, Since: v100, Severity: contract.Major},
		{ID: "tls.certificate-days", Text: "The certificate is good for another 14 days.", Mark: inferred, Source: fromTLS, Since: v100, Severity: contract.Minor},
		{ID: "tls.no-plain-text", Text: "The port of HTTPS does not answer a call without TLS with anything of the API.", Mark: inferred, Source: fromTLS, Since: v100, Severity: contract.Critical},
	}
}

// refused makes a rule on credentials that must be refused. Basic auth on every
// call is published, so is that only the partner's pair opens it.
func refused(id, text string) contract.Rule {
	return contract.Rule{ID: "auth." + id, Text: text, Mark: published, Source: fromOverview, Since: v100, Severity: contract.Critical}
}

func authRules() []contract.Rule {
	return []contract.Rule{
		{ID: "auth.accepted", Text: "The login and password that the partner handed over are accepted.", Mark: published, Source: fromOverview, Since: v100, Severity: contract.Critical},
		refused("missing", "A call without credentials is refused."),
		refused("empty-header", "An empty Authorization header is refused."),
		refused("empty-credentials", "An empty login with an empty password is refused."),
		refused("empty-password", "The right login with an empty password is refused."),
		refused("wrong-password", "A wrong password is refused."),
		refused("wrong-user", "A wrong login with the right password is refused."),
		refused("password-prefix", "A password that is only the beginning of the right one is refused."),
		refused("password-longer", "The right password with something behind it is refused."),
		refused("password-case", "A password in the other case of letters is refused."),
		refused("user-case", "A login in the other case of letters is refused."),
		refused("swapped", "Login and password in each other's place are refused."),
		refused("no-colon", "Credentials without a colon between login and password are refused."),
		refused("not-base64", "Credentials that are not Base64 are refused."),
		refused("plain-credentials", "Credentials that are not encoded at all are refused."),
		refused("other-scheme", "The right credentials under another scheme than Basic are refused."),
		refused("bearer", "A made-up Bearer token is refused."),
		refused("second-header", "Wrong credentials are not mended by right ones in other headers."),
		refused("query-bypass", "Nothing in the query opens the door, the right credentials neither."),
		refused("header-bypass", "Headers that proxies set, such as X-Forwarded-User or X-Original-URL, do not open the door."),
		refused("user-info-bypass", "Another host name or a request from \"localhost\" does not open the door."),
		refused("every-method", "Every method of the API asks for credentials."),
		refused("every-verb", "Every HTTP verb asks for credentials, also HEAD and OPTIONS and PATCH."),
		refused("unknown-path", "A path that does not exist tells a caller without credentials nothing but that."),
		refused("no-effect", "A write with wrong credentials changes nothing."),
		refused("no-data", "The answer to wrong credentials holds no data of a card."),
		{ID: "auth.status", Text: "Missing or wrong credentials are answered with 401 (or, as the profile says, 422) and the error object.", Mark: inferred, Source: fromRFC7617, Since: v100, Severity: contract.Major},
		{ID: "auth.challenge", Text: "An answer with 401 has WWW-Authenticate: Basic.", Mark: inferred, Source: fromRFC7617, Since: v100, Severity: contract.Minor},
		{ID: "auth.scheme-case", Text: "The word Basic is read without regard to case.", Mark: inferred, Source: fromRFC7617, Since: v100, Severity: contract.Minor},
		{ID: "auth.after-failures", Text: "Wrong credentials of others do not lock out the right ones.", Mark: inferred, Source: fromSafety, Since: v100, Severity: contract.Major},
	}
}

func pathRules() []contract.Rule {
	return []contract.Rule{
		{ID: "paths.unknown", Text: "A path that does not exist is answered with 422 and the error object.", Mark: published, Source: fromOverview, Since: v100, Severity: contract.Minor},
		{ID: "paths.wrong-verb", Text: "A verb that a path does not take is answered with 422 and the error object.", Mark: published, Source: fromOverview, Since: v100, Severity: contract.Minor},
		{ID: "paths.wrong-verb-no-effect", Text: "DELETE on a card does not remove it, and PATCH does not change its holder.", Mark: inferred, Source: fromSafety, Since: v100, Severity: contract.Critical, Methods: []string{"getCard"}, Writes: true},
		{ID: "paths.no-redirect", Text: "A slash at the end of a path is not answered with a redirect.", Mark: published, Source: fromOverview, Since: v100, Severity: contract.Minor},
		{ID: "paths.static-anonymous", Text: "GET on anonymous reserves a number and is not taken for a card number.", Mark: published, Source: fromOverview, Since: v100, Severity: contract.Major, Methods: []string{"reserveCard"}, Writes: true},
		{ID: "paths.static-all-users", Text: "GET on getAllUsers lists phones and is not taken for a card number.", Mark: published, Source: fromOverview, Since: v100, Severity: contract.Major, Methods: []string{"listUsers"}},
		{ID: "paths.static-all-users-extended", Text: "GET on getAllUsersExtended lists holders and is not taken for a card number.", Mark: published, Source: fromOverview, Since: v100, Severity: contract.Major, Methods: []string{"listUsersExtended"}},
		{ID: "paths.reserved-words", Text: "getAllUsers and getAllUsersExtended cannot be written to, as if they were card numbers.", Mark: inferred, Source: fromOverview, Since: v100, Severity: contract.Minor, Writes: true},
		{ID: "paths.unknown-card", Text: "Every method of a card answers 422 and not 404 when the card is unknown.", Mark: thirdParty, Source: fromPartner, Since: v100, Severity: contract.Major},
		{ID: "paths.long", Text: "A path or query of several kilobytes is answered inside the contract or refused by a limit, and the host stays up.", Mark: inferred, Source: fromSafety, Since: v100, Severity: contract.Minor},
		{ID: "paths.query-ignored", Text: "Query parameters that a method does not know are ignored.", Mark: published, Source: fromOverview, Since: v100, Severity: contract.Minor},
	}
}
