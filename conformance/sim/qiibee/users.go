package qiibee

import (
	"fmt"
	"net/http"
	"net/mail"

	"koshelek-adapter/conformance/sim"
)

// user is a customer; the fields are those that the API shows.
type user struct {
	Email      string `json:"email"`
	AuthID     string `json:"auth_id"`
	FirstName  string `json:"first_name"`
	SecondName string `json:"second_name"`
	Language   string `json:"language"`
	CountryISO string `json:"country_ISO"`
}

func shown(u user) map[string]any { return map[string]any{"user": u} }

// fields reads the object below name; each field must be a string.
func fields(c *sim.Call, name string) (map[string]string, string) {
	body, _ := c.JSON()
	object, isObject := body[name].(map[string]any)
	if !isObject {
		return nil, name + " is missing"
	}
	found := map[string]string{}
	for field, value := range object {
		text, isText := value.(string)
		if value == nil {
			continue
		}
		if !isText || len(text) > 1000 {
			return nil, field + " is invalid"
		}
		found[field] = text
	}
	return found, ""
}

func (u *user) change(f map[string]string) string {
	if email, given := f["email"]; given {
		if parsed, err := mail.ParseAddress(email); err != nil || parsed.Address != email {
			return "email is invalid"
		}
	}
	for field, to := range map[string]*string{"email": &u.Email, "first_name": &u.FirstName, "second_name": &u.SecondName,
		"language": &u.Language, "country_ISO": &u.CountryISO} {
		if value, given := f[field]; given {
			*to = value
		}
	}
	return ""
}

// createUser makes a user once for each auth_id. [C]
func (s *Simulator) createUser(c *sim.Call) sim.Answer {
	f, fault := fields(c, "user")
	if fault != "" {
		return s.fail(http.StatusBadRequest, fault)
	}
	if f["email"] == "" {
		return s.fail(http.StatusBadRequest, "email can't be blank")
	}
	u := &user{AuthID: f["auth_id"]}
	if fault := u.change(f); fault != "" {
		return s.fail(http.StatusBadRequest, fault)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if u.AuthID == "" {
		u.AuthID = fmt.Sprintf("%08x-0000-4000-8000-%012x", uint32(s.Seed), len(s.userOrder)+1)
	}
	c.Note = u.AuthID
	if _, taken := s.users[u.AuthID]; taken {
		s.Audit.Refuse("user", u.AuthID)
		return s.fail(http.StatusBadRequest, "auth_id has already been taken")
	}
	if len(s.userOrder) >= sim.MaxRecords {
		return s.fail(http.StatusInternalServerError, "the simulator is full")
	}
	s.users[u.AuthID] = u
	s.userOrder = append(s.userOrder, u)
	s.Audit.Accept("user", u.AuthID, "")
	s.Audit.Effect("user", u.AuthID, "")
	return sim.Answer{Status: http.StatusCreated, Body: shown(*u)}
}

// updateUser changes everything but the auth_id. [C]
func (s *Simulator) updateUser(c *sim.Call) sim.Answer {
	f, fault := fields(c, "user")
	s.mu.Lock()
	defer s.mu.Unlock()
	u, found := s.users[c.PathValue("auth_id")]
	if !found {
		return s.fail(http.StatusNotFound, "User not found")
	}
	changed := *u
	if fault == "" {
		fault = changed.change(f)
	}
	if fault != "" {
		return s.fail(http.StatusBadRequest, fault)
	}
	*u = changed
	return sim.OK(shown(changed))
}

func (s *Simulator) getUser(c *sim.Call) sim.Answer {
	s.mu.Lock()
	defer s.mu.Unlock()
	u, found := s.users[c.PathValue("auth_id")]
	if !found {
		return s.fail(http.StatusNotFound, "User not found")
	}
	return sim.OK(shown(*u))
}

// listUsers is of the manual's third edition.
func (s *Simulator) listUsers(c *sim.Call) sim.Answer {
	limit, offset, fault := page(c)
	if fault != "" {
		return s.fail(http.StatusBadRequest, fault)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	users := []user{}
	for _, u := range cut(s.userOrder, limit, offset) {
		users = append(users, *u)
	}
	return sim.OK(map[string]any{"data": map[string]any{"users": users, "total_user_count": len(s.userOrder)}})
}
