package qiibee

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strconv"
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
	// Language is like "en", Country like "usa".
	Language, Country string
}

type userOut struct {
	Email      string `json:"email,omitempty"`
	AuthID     string `json:"auth_id,omitempty"`
	FirstName  string `json:"first_name,omitempty"`
	SecondName string `json:"second_name,omitempty"`
	Language   string `json:"language,omitempty"`
	Country    string `json:"country_ISO,omitempty"`
}

type userIn struct {
	Email      vendorhttp.Text `json:"email"`
	AuthID     vendorhttp.Text `json:"auth_id"`
	FirstName  vendorhttp.Text `json:"first_name"`
	SecondName vendorhttp.Text `json:"second_name"`
	Language   vendorhttp.Text `json:"language"`
	Country    vendorhttp.Text `json:"country_ISO"`
}

func (in userIn) user() User {
	return User{
		AuthID: in.AuthID.String(), Email: in.Email.String(), FirstName: in.FirstName.String(),
		SecondName: in.SecondName.String(), Language: in.Language.String(), Country: in.Country.String(),
	}
}

func (u User) out() map[string]userOut {
	return map[string]userOut{"user": {u.Email, u.AuthID, u.FirstName, u.SecondName, u.Language, u.Country}}
}

// fault names a field that cannot be sent.
func (u User) fault() string {
	for name, value := range map[string]string{"first_name": u.FirstName, "second_name": u.SecondName, "language": u.Language, "country_ISO": u.Country} {
		if value != "" && !vendorhttp.Plain(value, vendorhttp.MaxID) {
			return name + " is too long or has control characters"
		}
	}
	if u.Email != "" && !possibleEmail(u.Email) {
		return "email cannot be an address"
	}
	return ""
}

func possibleEmail(email string) bool {
	at := strings.LastIndexByte(email, '@')
	return vendorhttp.Plain(email, 254) && at > 0 && at < len(email)-1 && !strings.ContainsAny(email, " ,;<>")
}

func readUser(answer *vendorhttp.Answer) (User, error) {
	var in userIn
	if err := readObject(answer, "user", &in); err != nil {
		return User{}, err
	}
	if in.AuthID.String() == "" && in.Email.String() == "" {
		return User{}, answer.Malformed("the answer holds no user")
	}
	return in.user(), nil
}

// CreateUser makes a user (contract: POST /users); AuthID and Email are needed. A
// taken AuthID is Rejected. It is sent once: after a lost answer ask User, or let
// EnsureUser do both.
func (c *Client) CreateUser(ctx context.Context, u User) (User, error) {
	const call = "create-user"
	if userPath(u.AuthID) == "" {
		return User{}, refuse(call, badAuthID)
	}
	if u.Email == "" {
		return User{}, refuse(call, "email is needed")
	}
	if fault := u.fault(); fault != "" {
		return User{}, refuse(call, fault)
	}
	r := c.request(call, http.MethodPost, "/users", u.out())
	return once(ctx, c, r, readUser)
}

// UpdateUser changes the fields that are not empty (contract: PATCH /users/:auth_id).
func (c *Client) UpdateUser(ctx context.Context, u User) (User, error) {
	const call = "update-user"
	path := userPath(u.AuthID)
	if path == "" {
		return User{}, refuse(call, badAuthID)
	}
	if fault := u.fault(); fault != "" {
		return User{}, refuse(call, fault)
	}
	u.AuthID = "" // it cannot be changed
	return freely(ctx, c, c.request(call, http.MethodPatch, path, u.out()), readUser)
}

// User gives a user; an unknown one is NotFound.
func (c *Client) User(ctx context.Context, authID string) (User, error) {
	const call = "get-user"
	path := userPath(authID)
	if path == "" {
		return User{}, refuse(call, badAuthID)
	}
	r := c.request(call, http.MethodGet, path, nil)
	return freely(ctx, c, r, readUser)
}

// EnsureUser gives the user of that AuthID and makes it when there is none. It may
// be called twice and by two at once: there is one user afterwards. Fields of a user
// that exists stay as they are.
func (c *Client) EnsureUser(ctx context.Context, u User) (User, error) {
	found, err := c.User(ctx, u.AuthID)
	if !errors.Is(err, vendorhttp.NotFound) {
		return found, err
	}
	created, err := c.CreateUser(ctx, u)
	if err == nil || vendorhttp.NeverSent(err) || errors.Is(err, vendorhttp.Unauthorized) {
		return created, err
	}
	// Its answer was lost, or a twin was quicker.
	if found, again := c.User(ctx, u.AuthID); again == nil {
		return found, nil
	}
	return User{}, err
}

// Page asks for a part of a list.
type Page struct {
	// Limit is 1 to 100, 100 when 0; Offset is how many to pass over.
	Limit, Offset int
}

const maxPage = 100

func (p Page) query() (url.Values, bool) {
	if p.Limit == 0 {
		p.Limit = maxPage
	}
	if p.Limit < 0 || p.Limit > maxPage || p.Offset < 0 {
		return nil, false
	}
	return url.Values{"limit": {strconv.Itoa(p.Limit)}, "offset": {strconv.Itoa(p.Offset)}}, true
}

// Users gives a page of all users (contract: GET /users/).
func (c *Client) Users(ctx context.Context, page Page) ([]User, error) {
	const call = "list-users"
	query, ok := page.query()
	if !ok {
		return nil, refuse(call, badPage)
	}
	r := c.request(call, http.MethodGet, "/users/?"+query.Encode(), nil)
	return freely(ctx, c, r, func(answer *vendorhttp.Answer) ([]User, error) {
		in, err := readList[userIn](answer, "users", "user")
		users := make([]User, len(in))
		for i := range in {
			users[i] = in[i].user()
		}
		return users, err
	})
}

const badPage = "limit is not 1 to 100, or offset is negative"
