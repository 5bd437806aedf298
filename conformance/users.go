package conformance

import (
	"slices"

	"koshelek-adapter/conformance/contract"
	"koshelek-adapter/conformance/document"
)

func userRules() []ruled {
	one, two := []string{"listUsers"}, []string{"listUsersExtended"}
	return []ruled{
		row(contract.Rule{ID: "users.phones", Text: "getAllUsers is an array of phones.", Mark: published, Source: fromOverview, Since: v100, Severity: contract.Minor, Methods: one},
			usersAre("listUsers", func(user *document.Value) bool {
				return user.Kind == document.String && phoneForm.MatchString(user.Text)
			}),
			fault("users-objects", "getAllUsers holds objects"),
			fault("users-with-plus", "getAllUsers writes phones with a plus"),
			fault("users-wrapped", "getAllUsers is an object around the array")),
		row(contract.Rule{ID: "users.has-holder", Text: "The phone of a customer who was given a card is in it.", Mark: published, Source: fromOverview, Since: v100, Severity: contract.Major, Methods: one, Writes: true},
			func(c *check) {
				p := c.shared("anna")
				r := c.users("listUsers")
				r.expect(slices.Contains(phonesOf(r.doc), p.phone), "the phone of the customer", "it is not in the list")
			},
			fault("users-without-new", "getAllUsers knows only those of yesterday")),
		row(contract.Rule{ID: "users.once", Text: "No phone is in it twice.", Mark: inferred, Source: fromGuess, Since: v100, Severity: contract.Minor, Methods: one},
			func(c *check) {
				r := c.users("listUsers")
				phones := phonesOf(r.doc)
				slices.Sort(phones)
				once := len(slices.Compact(slices.Clone(phones)))
				r.expect(once == len(phones), "every phone once", "%d phones stand more than once", len(phones)-once)
			},
			fault("users-twice", "getAllUsers holds every phone twice")),
		row(contract.Rule{ID: "users.extended", Text: "getAllUsersExtended is an array of phones with named values.", Mark: published, Source: fromOverview, Since: v100, Severity: contract.Minor, Methods: two},
			usersAre("listUsersExtended", isUserWithParams),
			fault("params-other-keys", "Named values have other keys than name and value"),
			fault("params-object", "Named values are an object")),
		row(contract.Rule{ID: "users.extended-has-holder", Text: "The phone of a customer who was given a card is in it, too.", Mark: published, Source: fromOverview, Since: v100, Severity: contract.Major, Methods: two, Writes: true},
			func(c *check) {
				p := c.shared("anna")
				r := c.users("listUsersExtended")
				has := slices.ContainsFunc(r.doc.Items, func(user *document.Value) bool { return user.Leaf("phone") == p.phone })
				r.expect(has, "the phone of the customer", "it is not in the list")
			},
			fault("extended-without-new", "getAllUsersExtended knows only those of yesterday")),
		row(contract.Rule{ID: "users.all", Text: "The list of all users is not cut off: a customer of the beginning of the run is in it after many others, beside the newest one.", Mark: published, Source: fromOverview, Since: v100, Severity: contract.Major, Methods: one, Writes: true},
			withFresh(usersAll),
			fault("users-newest-alone", "getAllUsers holds the newest customers alone")),
		row(contract.Rule{ID: "users.after-change", Text: "After a change of phone the list of all users has the new one, and not the old one.", Mark: inferred, Source: fromReason, Since: v100, Severity: contract.Major, Methods: []string{"listUsers", "updateUser"}, Writes: true},
			withFresh(func(c *check, p *customer) {
				old, phone := p.phone, c.maker.phone()
				c.updated(p, "change the phone", profile{"phone": phone})
				r := c.users("listUsers")
				r.expect(slices.Contains(phonesOf(r.doc), phone), "the new phone of the customer", "it is not in the list")
				r.expect(!slices.Contains(phonesOf(r.doc), old), "no old phone", "the phone that was replaced is in the list")
			}),
			fault("users-with-old-phones", "getAllUsers holds the phones that were replaced")),
		row(contract.Rule{ID: "users.no-reserved", Text: "Words of the paths and empty phones are not in the lists.", Mark: inferred, Source: fromGuess, Since: v100, Severity: contract.Minor, Methods: one},
			func(c *check) {
				r := c.users("listUsers")
				for _, odd := range []string{"", "anonymous", "getAllUsers", "null"} {
					r.expect(!slices.Contains(phonesOf(r.doc), odd), "phones alone", "%q is in the list", odd)
				}
			},
			fault("users-with-empty-phones", "getAllUsers holds an empty phone for a card without a holder")),
	}
}

// usersAll looks for the customer with whom the run began.
func usersAll(c *check, p *customer) {
	r := c.users("listUsers")
	r.expect(slices.Contains(phonesOf(r.doc), p.phone), "the phone of the newest customer", "it is not in the list")
	r.expect(slices.Contains(phonesOf(r.doc), c.marker), "the phone of the first customer of the run", "it is not in the list")
}

// usersAre is the check that every item of a list has its form.
func usersAre(methodID string, good func(*document.Value) bool) checkFunc {
	return func(c *check) {
		r := c.users(methodID)
		bad := slices.IndexFunc(r.doc.Items, func(user *document.Value) bool { return !good(user) })
		r.expect(bad < 0, "every item in its form", "item no. %d has another form", bad+1)
	}
}

// isUserWithParams is the form {"phone", "params": [{"name", "value"}]}.
func isUserWithParams(user *document.Value) bool {
	params := user.Get("params")
	if user.Leaf("phone") == "" || params == nil || params.Kind != document.Array {
		return false
	}
	return !slices.ContainsFunc(params.Items, func(param *document.Value) bool { return param.Leaf("name") == "" || param.Get("value") == nil })
}

// users expects an array of all users.
func (c *check) users(methodID string) *reply {
	r := c.send(c.on("list all users", methodID, ""))
	r.taken()
	r.expect(r.doc != nil && r.doc.Kind == document.Array, "an array", "the body is no array")
	return r
}

func phonesOf(doc *document.Value) []string {
	var phones []string
	for _, item := range doc.Items {
		phones = append(phones, item.Text)
	}
	return phones
}

// valuesOf are the named values of one user.
func valuesOf(doc *document.Value, phone string) map[string]string {
	values := map[string]string{}
	if doc == nil {
		return values
	}
	for _, user := range doc.Items {
		if user.Leaf("phone") != phone || user.Get("params") == nil {
			continue
		}
		for _, param := range user.Get("params").Items {
			values[param.Leaf("name")] = param.Leaf("value")
		}
	}
	return values
}
