package conformance

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"koshelek-adapter/conformance/contract"
)

// searchRules are about what a search compares, how it reads its query, and what
// finds a card after a change.
func searchRules() []ruled {
	find := func(id, text string, severity contract.Severity) contract.Rule {
		return contract.Rule{ID: "find." + id, Text: text, Mark: inferred, Source: fromSafety, Since: v100, Severity: severity, Methods: []string{"findCard"}}
	}
	return []ruled{
		row(find("other-country", "A phone of another country, or of another area, with the same last digits does not find the card.", contract.Critical),
			knownCard(otherCountry),
			fault("phones-last-ten", "Phones are compared by their last ten digits"),
			fault("phones-last-nine", "Phones are compared by their last nine digits"),
			fault("phones-last-seven", "Phones are compared by their last seven digits"),
			fault("phones-ends", "A phone with more digits before it finds the card")),
		row(contract.Rule{ID: "issue.other-country", Text: "A phone of another country with the same last digits is another customer.", Mark: inferred, Source: fromSafety, Since: v120,
			Severity: contract.Critical, Methods: []string{"issueCard"}, Writes: true},
			withFresh(func(c *check, p *customer) {
				stranger := &customer{phone: "44" + p.phone[1:], email: c.maker.email("44" + p.phone[1:])}
				r := c.send(c.issueCall("issue to a phone of another country with the same last digits", profile{"phone": stranger.phone, "email": stranger.email}))
				if r.number() != "" && r.number() != p.number {
					c.made(stranger, r.number())
				}
				r.other(p)
			}),
			fault("issue-last-ten", "A card is issued to the customer whose phone ends in the same ten digits")),
		row(find("other-address", "An e-mail address that differs in a dot, a tag, an accent or the domain does not find the card.", contract.Critical),
			withEmail(func(c *check, p *customer) {
				local, domain, _ := strings.Cut(p.email, "@")
				for _, try := range [][2]string{
					{"without its dots", strings.ReplaceAll(local, ".", "") + "@" + domain}, {"with a dot more", local[:1] + "." + local[1:] + "@" + domain},
					{"with a tag", local + "+x@" + domain}, {"at a domain below", local + "@mail." + domain}, {"at a longer domain", local + "@x" + domain},
					{"at another domain", local + "@elsewhere.example"}, {"with an accent", accented(local) + "@" + domain},
				} {
					if try[1] == p.email {
						continue
					}
					c.send(c.findCall("search by the e-mail address "+try[0], "email", try[1])).other(p)
				}
			}),
			fault("email-dots-dropped", "Dots in an e-mail address do not count"),
			fault("email-accents-dropped", "Accents in an e-mail address do not count"),
			fault("email-tags-dropped", "What stands behind a plus in an e-mail address does not count"),
			fault("email-domain-ends", "Another domain with the same end finds the card"),
			fault("email-local-part-alone", "The domain of an e-mail address does not count")),
		row(writing(find("stranger-birth-date", "A birth date beside a phone or an e-mail address that nobody has finds nobody.", contract.Critical), "findCard"),
			func(c *check) {
				p := c.shared("anna")
				phone := c.maker.phone()
				c.findsNobody("an unknown phone, the birth date of a customer", "msisdn", phone, "birthDate", p.birthDate)
				c.findsNobody("an unknown e-mail address, the birth date of a customer", "email", c.maker.email(phone), "birthDate", p.birthDate)
			},
			fault("birth-date-beside-phone", "An unknown phone with a birth date finds who was born that day"),
			fault("birth-date-beside-email", "An unknown e-mail address with a birth date finds who was born that day")),
		row(writing(find("decoding", "The query is decoded once, like a form: escapes in either case, a plus as %2B, and nothing twice.", contract.Major), "findCard"),
			queryDecoding,
			fault("query-decoded-twice", "The query is decoded twice"),
			fault("lower-escapes-kept", "Escapes in lower case are not decoded"),
			fault("letter-escapes-kept", "Escaped letters are not decoded"),
			fault("query-latin", "The query is read as Latin-1")),
		row(find("odd-queries", "A query with repeated, array-like, nameless or badly escaped parameters is answered with 200 or 422, and with no stranger's card.", contract.Major),
			knownCard(oddQueries),
			fault("array-parameter-breaks", "An array-like parameter is answered with 500"),
			fault("repeated-parameter-breaks", "A parameter that comes twice is answered with 500"),
			fault("stray-escape-breaks", "A stray percent sign is answered with 500"),
			fault("array-parameter-hides", "An array-like parameter beside a phone gives a stranger's card")),
		row(find("operators", "A parameter that looks like an operator of a database, such as msisdn[$ne], finds nobody.", contract.Critical),
			func(c *check) {
				c.known()
				for _, query := range []string{"msisdn[$ne]=1", "msisdn[$gt]=", "email[$ne]=x", "email[$regex]=.*", "msisdn[like]=%25", "email[]=%25", "msisdn!=1", "$where=1"} {
					out := c.findCall("search with ?" + query)
					out.query = bracketed.Replace(query)
					c.send(out).noCard()
				}
			},
			fault("operator-finds", "An operator in the name of a parameter is carried out"),
			fault("pattern-operator-finds", "A pattern in the name of a parameter is carried out")),
	}
}

// other expects anything but a customer's card.
func (r *reply) other(p *customer) {
	r.expect(r.number() != p.number, "not this customer's card", "the card of another customer is answered")
}

// otherCountry tries no phone that begins with 8: many a Russian host reads +8… as
// a slip for the national form 8…, and so for +7….
func otherCountry(c *check, p *customer) {
	stopIf(len(p.phone) != phoneDigits, &lacking{"data.card.phone has not eleven digits"})
	for _, try := range [][2]string{
		{"another country, the same last ten digits", "44" + p.phone[1:]}, {"country code 1, the same last ten digits", "1" + p.phone[1:]},
		{"a country code of three digits, the same last nine", "375" + p.phone[2:]}, {"another area, the same last seven digits", p.phone[:1] + areaOf(p.phone) + p.phone[4:]},
		{"one digit more before", "7" + p.phone},
	} {
		if try[1] == p.phone {
			continue
		}
		c.send(c.findCall("search by phone: "+try[0], "msisdn", try[1])).other(p)
	}
}

// areaOf is an area code that is not the phone's.
func areaOf(phone string) string {
	if phone[1:4] == "111" {
		return "222"
	}
	return "111"
}

// queryDecoding searches for an e-mail address with a plus in many spellings.
func queryDecoding(c *check) {
	p := c.person()
	p.email = "plus+" + p.email
	c.issueTo(p, p.profile())
	escaped := url.QueryEscape(p.email)
	for _, try := range [][2]string{
		{"escaped as usual", escaped}, {"with escapes in lower case", strings.ToLower(escaped)}, {"with every character escaped", escapedLetters(p.email)},
		{"with @ as it is", strings.ReplaceAll(escaped, "%40", "@")},
	} {
		out := c.findCall("search by e-mail address, " + try[0])
		out.query = "email=" + try[1]
		c.send(out).hasCard(p.number)
	}
	out := c.findCall("search by an e-mail address that is escaped twice")
	out.query = "email=" + url.QueryEscape(escaped)
	c.send(out).other(p)
	if !c.profile.Offers("updateUser") {
		return
	}
	cyrillic := "почта." + c.maker.email(p.phone)
	r := c.update("change the e-mail address to one with Cyrillic letters, which a host may refuse", p.number, profile{"email": cyrillic})
	if !r.ok() {
		return
	}
	c.finds(p, "search by the address with Cyrillic letters", "email", cyrillic)
}

// bracketed escapes what stands in the names of array-like parameters.
var bracketed = strings.NewReplacer("[", "%5B", "]", "%5D", "$", "%24")

func oddQueries(c *check, p *customer) {
	known, stranger := "msisdn="+p.phone, "x"+c.maker.email(c.maker.phone())
	for _, query := range []string{
		known + "&" + known, known + "&msisdn=" + c.maker.phone(), "msisdn[]=" + p.phone, known + "&email[]=" + stranger, known + "&email[a][b]=" + stranger, known + "&msisdn[]=1",
		known + "&email=%zz", known + "&x=%", "msisdn=%", known + "&&", known + "&x", known + "&=1", "msisdn", known + ";x=1",
	} {
		out := c.findCall("search with ?" + strings.NewReplacer(p.phone, "…", stranger, "…").Replace(query))
		// A framework may refuse what cannot be decoded in its own words.
		out.query, out.outside = bracketed.Replace(query), strings.Contains(query, "%")
		r := c.send(out)
		allowed := []int{http.StatusOK, http.StatusUnprocessableEntity}
		if out.outside {
			allowed = append(allowed, http.StatusBadRequest)
		}
		r.expect(slices.Contains(allowed, r.Answer.Status), "status 200 or 422", "the status is %d", r.Answer.Status)
		r.expect(r.number() == "" || r.number() == p.number, "no stranger's card", "another customer's card is answered")
	}
}
