package qiibee

import (
	"net/http"
	"slices"

	"koshelek-adapter/conformance/sim"
)

type membership struct{ user, provider string }

func providerOf(name string) (Provider, bool) {
	i := slices.IndexFunc(providers, func(p Provider) bool { return p.ImplementationName == name })
	if i < 0 {
		return Provider{}, false
	}
	return providers[i], true
}

// possible tells whether a number can be one of the provider's.
func (p Provider) possible(number string) bool {
	if len(number) != p.Digits {
		return false
	}
	sum := 0
	for i := range number {
		d := int(number[len(number)-1-i] - '0')
		if d < 0 || d > 9 {
			return false
		}
		if i%2 == 1 {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum += d
	}
	return !p.Luhn || sum%10 == 0
}

func shownMembership(p Provider, number string) map[string]any {
	return map[string]any{"membership_number": number,
		"exchange_provider": map[string]any{"name": p.Name, "implementation_name": p.ImplementationName}}
}

// setMembership stores or replaces a user's number. [C]
func (s *Simulator) setMembership(c *sim.Call) sim.Answer {
	f, fault := fields(c, "membership")
	s.mu.Lock()
	defer s.mu.Unlock()
	u, found := s.users[c.PathValue("auth_id")]
	if !found {
		return s.fail(http.StatusNotFound, "User not found")
	}
	p, known := providerOf(f["exchange_provider_implementation_name"])
	switch {
	case fault != "":
		return s.fail(http.StatusBadRequest, fault)
	case !known:
		return s.fail(http.StatusBadRequest, "Invalid exchange provider")
	case !p.possible(f["membership_number"]):
		return s.fail(http.StatusBadRequest, "Invalid membership number")
	}
	s.memberships[membership{u.AuthID, p.ImplementationName}] = f["membership_number"]
	return sim.Answer{Status: http.StatusCreated, Body: shown(*u)}
}

func (s *Simulator) listMemberships(c *sim.Call) sim.Answer {
	id := c.PathValue("auth_id")
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, found := s.users[id]; !found {
		return s.fail(http.StatusNotFound, "User not found")
	}
	data := []any{}
	for _, p := range providers {
		if number, has := s.memberships[membership{id, p.ImplementationName}]; has {
			data = append(data, shownMembership(p, number))
		}
	}
	return sim.OK(map[string]any{"data": data})
}

// getMembership answers 404 with an empty object when there is none. [C]
func (s *Simulator) getMembership(c *sim.Call) sim.Answer {
	s.mu.Lock()
	defer s.mu.Unlock()
	p, _ := providerOf(c.PathValue("name"))
	number, has := s.memberships[membership{c.PathValue("auth_id"), p.ImplementationName}]
	if !has {
		return sim.Answer{Status: http.StatusNotFound, Body: map[string]any{}}
	}
	return sim.OK(map[string]any{"data": shownMembership(p, number)})
}

func (s *Simulator) deleteMembership(c *sim.Call) sim.Answer {
	s.mu.Lock()
	defer s.mu.Unlock()
	p, known := providerOf(c.PathValue("name"))
	if !known {
		return s.fail(http.StatusBadRequest, "Invalid exchange provider")
	}
	key := membership{c.PathValue("auth_id"), p.ImplementationName}
	if _, has := s.memberships[key]; !has {
		return sim.Answer{Status: http.StatusNotFound, Body: map[string]any{}}
	}
	delete(s.memberships, key)
	return sim.Answer{Status: http.StatusNoContent}
}
