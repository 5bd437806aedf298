package conformance

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"strings"

	"koshelek-adapter/conformance/contract"
)

// credentialRules are about logins and passwords that are nearly right.
func credentialRules() []ruled {
	return []ruled{
		row(refused("blanks", "A login or password with blanks or line ends around it is refused."),
			wrongPairs(
				pairOf("a blank behind the password", "{U}", "{P} "), pairOf("a blank before the password", "{U}", " {P}"),
				pairOf("a line end behind the password", "{U}", "{P}\n"), pairOf("a return and a line end behind the password", "{U}", "{P}\r\n"),
				pairOf("a tab behind the password", "{U}", "{P}\t"), pairOf("a blank before the login", " {U}", "{P}"), pairOf("a blank behind the login", "{U} ", "{P}"),
			),
			fault("password-trimmed", "Blanks around the password do not count"),
			fault("password-line-end-cut", "A line end behind the password does not count"),
			fault("login-trimmed", "Blanks around the login do not count")),
		row(refused("other-letters", "A password with a letter of another kind in place of the right one, or with a character that does not show, is refused."),
			wrongPairs(
				changedPair("a full-width letter in the password", func(p string) string { return fullWidth(p) }),
				changedPair("an accent on a letter of the password", accented),
				changedPair("a character without width in the password", func(p string) string { return p[:1] + "\u200b" + p[1:] }),
				pairOf("a zero byte behind the password", "{U}", "{P}\x00"), pairOf("a zero byte and more behind the password", "{U}", "{P}\x00x"),
				pairOf("a zero byte and more behind the login", "{U}\x00x", "{P}"),
			),
			fault("password-width-folded", "Full-width letters of a password are taken for the usual ones"),
			fault("password-accents-dropped", "Accents on the letters of a password do not count"),
			fault("password-invisible-dropped", "Characters without width in a password do not count"),
			fault("password-zero-cuts", "A zero byte ends the password"),
			fault("login-zero-cuts", "A zero byte ends the login")),
		row(refused("as-number", "A password is a text: the right one as another spelling of a number, or with escapes, is refused."),
			wrongPairs(
				pairOf("a zero before the password", "{U}", "0{P}"), pairOf("a plus before the password", "{U}", "+{P}"), pairOf(".0 behind the password", "{U}", "{P}.0"),
				pairOf("e0 behind the password", "{U}", "{P}e0"), changedPair("the password with an escape for every letter", escapedLetters),
			),
			fault("password-as-number", "Another spelling of the same number is the same password"),
			fault("password-unescaped", "Escapes in a password are decoded")),
		row(refused("colon", "The password is all that stands behind the first colon: more colons with something behind them are refused."),
			wrongPairs(
				pairOf("a colon and more behind the password", "{U}", "{P}:x"), pairOf("a colon behind the password", "{U}", "{P}:"),
				pairOf("something between login and password", "{U}", "x:{P}"), pairOf("a colon before the password", "{U}", ":{P}"),
			),
			fault("password-first-part", "What stands behind a second colon does not count"),
			fault("password-last-part", "Only what stands behind the last colon is compared")),
		row(refused("patterns", "SQL, wildcards and patterns in login or password open nothing."),
			wrongPairs(
				pairOf("SQL in the password", "{U}", "' OR '1'='1"), pairOf("SQL in the login", "' OR '1'='1' -- ", "x"), pairOf("SQL behind the login", "{U}' -- ", "x"),
				pairOf("% for the password", "{U}", "%"), pairOf("* for the password", "{U}", "*"), pairOf(".* for the password", "{U}", ".*"),
				pairOf("% for the login", "%", "{P}"), pairOf("* for both", "*", "*"),
			),
			fault("credentials-injected", "SQL in login or password is carried out"),
			fault("password-like", "The password is compared as a pattern"),
			fault("login-like", "The login is compared as a pattern")),
		row(refused("known-pairs", "Pairs that come with software, the login for its own password, and the password without a login are refused."),
			wrongPairs(
				pairOf("admin and admin", "admin", "admin"), pairOf("test and test", "test", "test"), pairOf("koshelek and koshelek", "koshelek", "koshelek"),
				pairOf("the login for its own password", "{U}", "{U}"), pairOf("the password for its own login", "{P}", "{P}"), pairOf("no login", "", "{P}"),
				pairOf("the word null for the password", "{U}", "null"), pairOf("the word undefined for the password", "{U}", "undefined"),
			),
			fault("default-pair-open", "admin and admin open the door"),
			fault("login-is-password", "The login opens the door as its own password"),
			fault("login-not-needed", "The password opens the door without a login"),
			fault("null-is-password", "The word null opens the door")),
		row(refused("not-shown", "The answer to wrong credentials repeats none, neither those that were sent nor the right ones."),
			credentialsShown,
			fault("refusal-repeats-password", "The answer to a wrong password repeats it"),
			fault("refusal-shows-password", "The answer to wrong credentials names the right ones")),
	}
}

// wrongPair is a login and password that are nearly right.
type wrongPair struct {
	title string
	// of makes the pair of the right one.
	of func(user, password string) (string, string)
	// curl is a shell's word for the pair, without the password in it.
	curl string
}

// pairOf is a wrong pair by its parts, in which {U} and {P} stand for the right
// login and password.
func pairOf(title, user, password string) wrongPair {
	return wrongPair{title, func(u, p string) (string, string) {
		right := strings.NewReplacer("{U}", u, "{P}", p)
		return right.Replace(user), right.Replace(password)
	}, "-H \"Authorization: Basic $(printf %s " + shellWord(user+":"+password) + " | base64 -w0)\""}
}

// shellWord writes a text for bash, with variables for the right login and
// password.
func shellWord(text string) string {
	var word strings.Builder
	for _, piece := range strings.SplitAfter(strings.NewReplacer("{U}", "\x01U\x02", "{P}", "\x01P\x02").Replace(text), "\x02") {
		plain, variable, _ := strings.Cut(piece, "\x01")
		if plain != "" {
			word.WriteString("$'")
			for _, b := range []byte(plain) {
				if b < ' ' || b > '~' || b == '\'' || b == '\\' {
					fmt.Fprintf(&word, `\%03o`, b)
					continue
				}
				word.WriteByte(b)
			}
			word.WriteByte('\'')
		}
		switch variable {
		case "U\x02":
			word.WriteString(`"$KOSHELEK_USER"`)
		case "P\x02":
			word.WriteString(`"$KOSHELEK_PASSWORD"`)
		}
	}
	return word.String()
}

// changedPair is the right login with a changed password.
func changedPair(title string, change func(string) string) wrongPair {
	return wrongPair{title, func(u, p string) (string, string) { return u, change(p) }, `-u "$KOSHELEK_USER:(` + title + `)"`}
}

// wrongPairs is the check that pairs are refused, and do not break the host. A
// pair that is the right one by chance is left out.
func wrongPairs(pairs ...wrongPair) checkFunc {
	return func(c *check) {
		for _, p := range pairs {
			user, password := p.of(c.client.user, c.client.password)
			if user == c.client.user && password == c.client.password {
				continue
			}
			out := c.door("search with " + p.title)
			out.auth = pair(user, password, p.curl)
			c.send(out).shutWell()
		}
	}
}

// shutWell expects that a call was refused by a host that did not break.
func (r *reply) shutWell() {
	r.shut()
	r.expect(r.Answer.Status < http.StatusInternalServerError, fmt.Sprintf("status %d", r.check.profile.UnauthorizedStatus), "the status is %d", r.Answer.Status)
}

// fullWidth writes the first letter of ASCII full-width.
func fullWidth(text string) string {
	at := strings.IndexFunc(text, func(r rune) bool { return r > ' ' && r <= '~' })
	if at < 0 {
		return text
	}
	return text[:at] + string(rune(text[at])+0xFEE0) + text[at+1:]
}

// escapedLetters writes a text as in an address.
func escapedLetters(text string) string {
	escaped := ""
	for _, b := range []byte(text) {
		escaped += fmt.Sprintf("%%%02X", b)
	}
	return escaped
}

// accented puts an accent on the first letter that has one.
func accented(text string) string {
	const plain, marked = "AaCcEeIiNnOoSsUuYyZz", "ÁáĆćÉéÍíŃńÓóŚśÚúÝýŹź"
	at := strings.IndexAny(text, plain)
	if at < 0 {
		return text
	}
	return text[:at] + string([]rune(marked)[strings.IndexByte(plain, text[at])]) + text[at+1:]
}

// credentialsShown looks for credentials in a refusal. What is found stands in no
// report.
func credentialsShown(c *check) {
	const sent, short = "never-this-password-93b7", 5
	out := c.door("search with a wrong password")
	out.auth = pair(c.client.user, sent, `-u "$KOSHELEK_USER:`+sent+`"`)
	r := c.send(out)
	text := string(r.Answer.Body)
	for _, values := range r.Answer.Header {
		text += "\n" + strings.Join(values, "\n")
	}
	encoded := base64.StdEncoding.EncodeToString([]byte(c.client.user + ":" + c.client.password))
	right := len(c.client.password) >= short && strings.Contains(text, c.client.password) || strings.Contains(text, encoded)
	repeated := strings.Contains(text, sent) || strings.Contains(text, basic(c.client.user, sent)[len("Basic "):])
	if right {
		hidden := *r.Answer
		hidden.Body, hidden.Header = []byte("(credentials)"), nil
		r.record.exchange.Answer = &hidden
	}
	r.expect(!right, "no credentials", "the answer shows the right credentials")
	r.expect(!repeated, "no credentials", "the answer repeats the wrong password")
}

// writing makes a rule of a write, which needs methods.
func writing(r contract.Rule, methods ...string) contract.Rule {
	r.Writes, r.Methods = true, methods
	return r
}
