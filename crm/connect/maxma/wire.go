package maxma

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"strconv"

	"github.com/shopspring/decimal"

	"koshelek-adapter/crm"
	"koshelek-adapter/crm/vendors/vendorhttp"
)

// who names a client.
type who struct {
	PhoneNumber string `json:"phoneNumber,omitempty"`
	Card        string `json:"card,omitempty"`
	ExternalID  string `json:"externalId,omitempty"`
}

// person is what is sent of a client.
type person struct {
	who
	Surname           string `json:"surname,omitempty"`
	Name              string `json:"name,omitempty"`
	PatronymicName    string `json:"patronymicName,omitempty"`
	Gender            int    `json:"gender,omitempty"`
	Birthdate         string `json:"birthdate,omitempty"`
	Email             string `json:"email,omitempty"`
	IsEmailSubscribed *bool  `json:"isEmailSubscribed,omitempty"`
	IsPhoneSubscribed *bool  `json:"isPhoneSubscribed,omitempty"`
}

// reply is an answer about a client.
type reply struct {
	Client *struct {
		PhoneNumber    string          `json:"phoneNumber"`
		CardString     string          `json:"cardString"`
		Surname        string          `json:"surname"`
		Name           string          `json:"name"`
		PatronymicName string          `json:"patronymicName"`
		Gender         int             `json:"gender"`
		Birthdate      string          `json:"birthdate"`
		Email          string          `json:"email"`
		Bonuses        decimal.Decimal `json:"bonuses"`
		PendingBonuses decimal.Decimal `json:"pendingBonuses"`
	} `json:"client"`
	Bonuses []struct {
		ExpireAt string          `json:"expireAt"`
		Amount   decimal.Decimal `json:"amount"`
	} `json:"bonuses"`
}

// The vendor's codes that decide something; the others leave the outcome unknown.
const (
	codeNotFound     = 3
	codeExternalID   = 30
	codeOrderUnknown = 31
	codeOrderClosed  = 32
)

var kinds = map[int]crm.Kind{
	2: crm.ErrInvalidProfile, codeNotFound: crm.ErrCardNotFound, 4: crm.ErrCardBlocked, 6: crm.ErrInsufficientPoints, 7: crm.ErrReceiptLimit,
	20: crm.ErrInvalidPhone, 29: crm.ErrInvalidPhone, 24: crm.ErrPhoneTaken, 25: crm.ErrNumberTaken, codeExternalID: crm.ErrOperationConflict,
	codeOrderUnknown: crm.ErrOrderUnknown, codeOrderClosed: crm.ErrOrderReversed, 48: crm.ErrEmailTaken, 49: crm.ErrNotDone,
}

// say makes a call and reads what the vendor answers into v. An error comes in a 200.
func (c *Connector) say(ctx context.Context, name string, query, v any) error {
	answer, err := c.client.Do(ctx, vendorhttp.Request{
		Call: name, Method: http.MethodPost, URL: c.base + "/" + name, Body: vendorhttp.Marshal(query), Hide: []string{c.key},
		Header: http.Header{"X-Processing-Key": {c.key}}, Accept: func(status int) bool { return status == http.StatusOK },
	})
	if err != nil {
		return crm.Wrap(failed(err), err)
	}
	var fault struct {
		ErrorCode int `json:"errorCode"`
	}
	if err := answer.Decode(&fault); err != nil {
		return crm.Wrap(crm.ErrUnavailable, err)
	}
	if fault.ErrorCode != 0 {
		return crm.Fail(cmp.Or(kinds[fault.ErrorCode], crm.ErrUnavailable), "code "+strconv.Itoa(fault.ErrorCode)+" of MAXMA")
	}
	if err := answer.Decode(v); err != nil {
		return crm.Wrap(crm.ErrUnavailable, err)
	}
	return nil
}

// call asks for a client or changes one.
func (c *Connector) call(ctx context.Context, name string, query any) (r reply, err error) {
	if err = c.say(ctx, name, query, &r); err == nil && r.Client == nil {
		err = crm.Fail(crm.ErrUnavailable, "MAXMA's answer holds no client")
	}
	return r, err
}

// failed tells what surely was not done from what is unknown.
func failed(err error) crm.Kind {
	var fault *vendorhttp.Error
	if vendorhttp.Refused(err) || errors.As(err, &fault) && fault.Status == http.StatusServiceUnavailable {
		return crm.ErrNotDone
	}
	return crm.ErrUnavailable
}

// Histories are read in pages. A client with more entries than pages hold is shown
// without the rest.
const (
	pageSize = 100
	pages    = 20
)

// history reads a client's history of one kind.
func history[T any](ctx context.Context, c *Connector, name, card string) (all []T, err error) {
	for page := range pages {
		var r struct {
			History    *[]T `json:"history"`
			Pagination struct {
				Total int `json:"total"`
			} `json:"pagination"`
		}
		query := map[string]any{"client": who{Card: card}, "pagination": map[string]int{"limit": pageSize, "offset": page * pageSize}}
		if err := c.say(ctx, name, query, &r); err != nil {
			return nil, err
		}
		if r.History == nil {
			return nil, crm.Fail(crm.ErrUnavailable, "MAXMA's answer holds no history")
		}
		if all = append(all, *r.History...); len(*r.History) == 0 || len(all) >= r.Pagination.Total {
			break
		}
	}
	return all, nil
}
