package qiibee

import (
	"errors"
	"strconv"

	"koshelek-adapter/conformance/sim"
)

func (s *Simulator) actions() map[string]sim.Action {
	return map[string]sim.Action{
		"resend": {Args: "tx_hash", Doc: "sends a webhook once more", Do: func(a sim.Args) (any, error) {
			return nil, s.Resend(a["tx_hash"])
		}},
		"revert": {Args: "tx_hash", Doc: "takes a transaction back and tells so by webhook", Do: func(a sim.Args) (any, error) {
			return nil, s.Revert(a["tx_hash"])
		}},
		"grant": {Args: "auth_id, token_id, points", Doc: "gives points without a transaction", Do: func(a sim.Args) (any, error) {
			points, err := strconv.ParseInt(a["points"], 10, 64)
			token, err2 := strconv.Atoi(a["token_id"])
			if err := errors.Join(err, err2); err != nil {
				return nil, err
			}
			s.Grant(a["auth_id"], token, points)
			return nil, nil
		}},
		"redeem_code": {Args: "auth_id, code, token_id", Doc: "a user types a code in", Do: func(a sim.Args) (any, error) {
			token, err := strconv.Atoi(a["token_id"])
			if err != nil {
				return nil, err
			}
			return nil, s.RedeemCode(a["auth_id"], a["code"], token)
		}},
		"webhook": {Args: "url, user, password", Doc: "where webhooks go; without a url there are none", Do: func(a sim.Args) (any, error) {
			if a["url"] != "" && !s.sender.Allows(a["url"]) {
				return nil, errors.New("this host is not on the list")
			}
			s.SetWebhook(a["url"], a["user"], a["password"])
			return nil, nil
		}},
	}
}

// RedeemCode lets a user type a code in: its points come as a transaction of
// the type code_to_points. A code works once.
func (s *Simulator) RedeemCode(user, typed string, token int) error {
	s.mu.Lock()
	n, known := s.codes[typed]
	_, isUser := s.users[user]
	if !known || !isUser || n.usedBy != "" {
		s.mu.Unlock()
		return errors.New("the code or the user is unknown, or the code was used")
	}
	n.usedBy = user
	points, _ := strconv.ParseInt(n.Value, 10, 64)
	t := &transaction{user: user, kind: CodeToPoints, amount: points, token: token}
	fault := s.accept(t)
	s.mu.Unlock()
	if fault != "" {
		return errors.New(fault)
	}
	s.schedule(t)
	return nil
}

func (s *Simulator) state() any {
	transactions, deliveries := s.Transactions(), s.Deliveries()
	s.mu.Lock()
	defer s.mu.Unlock()
	users, codes, balances := []user{}, []code{}, []any{}
	for _, u := range s.userOrder {
		users = append(users, *u)
		for _, t := range tokens {
			if f := s.accounts[account{u.AuthID, t.ID}]; f != nil {
				balances = append(balances, map[string]any{"auth_id": u.AuthID, "token_id": t.ID, "balance": f.have, "reserved": f.reserved})
			}
		}
	}
	for _, n := range s.codeOrder {
		codes = append(codes, *n)
	}
	return map[string]any{"users": users, "balances": balances, "codes": codes, "transactions": transactions, "webhooks": deliveries}
}
