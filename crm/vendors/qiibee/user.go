package qiibee

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"koshelek-adapter/crm/vendors/vendorhttp"
)

// User is a customer at the vendor. The empty text stands for an absent field.
type User struct {
	// AuthID is our own identifier of the customer.
	AuthID string
	Email  string
	// FirstName and SecondName; SecondName is the family name.
	FirstName, SecondName string
}

type userOut struct {
	Email      string `json:"email"`
	AuthID     string `json:"auth_id"`
	FirstName  string `json:"first_name,omitempty"`
	SecondName string `json:"second_name,omitempty"`
}

type userIn struct {
	Email  vendorhttp.Text `json:"email"`
	AuthID vendorhttp.Text `json:"auth_id"`
}

// fault names a field that cannot be sent.
func (u User) fault() string {
	switch {
	case userPath(u.AuthID) == "":
		return badAuthID
	case u.Email == "":
		return "email is needed"
	case !possibleEmail(u.Email):
		return "email cannot be an address"
	case u.FirstName != "" && !vendorhttp.Plain(u.FirstName, vendorhttp.MaxID), u.SecondName != "" && !vendorhttp.Plain(u.SecondName, vendorhttp.MaxID):
		return "first_name or second_name is too long or has control characters"
	}
	return ""
}

func possibleEmail(email string) bool {
	at := strings.LastIndexByte(email, '@')
	return vendorhttp.Plain(email, 254) && at > 0 && at < len(email)-1 && !strings.ContainsAny(email, " ,;<>")
}

// readUser makes sure that an answer holds a user, of whom nothing more is needed.
func readUser(answer *vendorhttp.Answer) (userIn, error) {
	var in userIn
	if err := readObject(answer, "user", &in); err != nil {
		return userIn{}, err
	}
	if in.AuthID.String() == "" && in.Email.String() == "" {
		return userIn{}, answer.Malformed("the answer holds no user")
	}
	return in, nil
}

// CreateUser makes a user (contract: POST /users); AuthID and Email are needed. A
// taken AuthID is Rejected. It is sent once: after a lost answer call FindUser, or let
// EnsureUser do both.
func (c *Client) CreateUser(ctx context.Context, u User) error {
	const call = "create-user"
	if fault := u.fault(); fault != "" {
		return refuse(call, fault)
	}
	_, err := once(ctx, c, c.request(call, http.MethodPost, "/users", map[string]userOut{
		"user": {u.Email, u.AuthID, u.FirstName, u.SecondName},
	}), readUser)
	return err
}

// FindUser makes sure that there is a user (contract: GET /users/:auth_id); an
// unknown one is NotFound.
func (c *Client) FindUser(ctx context.Context, authID string) error {
	const call = "get-user"
	path := userPath(authID)
	if path == "" {
		return refuse(call, badAuthID)
	}
	_, err := freely(ctx, c, c.request(call, http.MethodGet, path, nil), readUser)
	return err
}

// EnsureUser makes the user of that AuthID when there is none. It may be called twice
// and by two at once: there is one user afterwards. Fields of a user that exists stay
// as they are.
func (c *Client) EnsureUser(ctx context.Context, u User) error {
	err := c.FindUser(ctx, u.AuthID)
	if !errors.Is(err, vendorhttp.NotFound) {
		return err
	}
	err = c.CreateUser(ctx, u)
	if err == nil || vendorhttp.NeverSent(err) || errors.Is(err, vendorhttp.Unauthorized) {
		return err
	}
	// Its answer was lost, or a twin was quicker.
	if c.FindUser(ctx, u.AuthID) == nil {
		return nil
	}
	return err
}
