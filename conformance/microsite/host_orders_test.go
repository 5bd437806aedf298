package microsite

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
)

// amount reads points.
func (h *host) amount(raw json.RawMessage) (int64, bool) {
	text := string(raw)
	if h.fault == PointsAsText {
		text = strings.Trim(text, `"`)
	}
	points, err := strconv.ParseInt(text, 10, 64)
	return points, err == nil && (points > 0 || h.fault == NegativePoints && points < 0)
}

func (h *host) redeem(in body) answer {
	h.mu.Lock()
	defer h.mu.Unlock()
	points, ok := h.amount(in.Consumed)
	if !ok || in.Order == "" {
		return refuse(http.StatusBadRequest, "Points must be a positive number")
	}
	c := h.customers[in.Customer]
	if c == nil {
		if h.fault == NobodyRedeems {
			return deducted()
		}
		return refuse(http.StatusNotFound, "Invalid Customer ID")
	}
	if known := h.orders[in.Order]; known != nil {
		if again, done := h.again(c, known, in, points); done {
			return again
		}
	}
	if c.balance < points && h.fault != NegativeBalance {
		return refuse(http.StatusBadRequest, "Insufficient balance")
	}
	if h.fault == RaceOverdraws || h.fault == RaceDuplicates {
		h.pause()
	}
	h.orders[in.Order] = &order{customer: in.Customer, points: points, state: "deducted"}
	c.balance -= points
	switch h.fault {
	case DeductsDouble:
		c.balance -= points
	case EarnedFalls:
		c.earned -= points
	}
	return deducted()
}

func deducted() answer { return accept(map[string]any{"message": "Points deducted successfully"}) }

// again answers an order that is known; not done lets it be taken.
func (h *host) again(c *customer, known *order, in body, points int64) (answer, bool) {
	switch {
	case known.state == "voided" && h.fault == LateRedeemTaken, known.state == "reversed" && h.fault == RedeemAfterReversal:
		return answer{}, false
	case known.state == "deducted" && h.fault == OtherSumDeducts && points != known.points:
		return answer{}, false
	case known.state == "deducted" && h.fault == DuplicateSilent200:
		c.balance -= points
		return deducted(), true
	case known.state == "deducted" && h.fault == DuplicateDeducts && known.customer == in.Customer:
		c.balance -= points
	}
	return refuse(http.StatusConflict, "Duplicate transaction"), true
}

func (h *host) reverse(in body) answer {
	h.mu.Lock()
	defer h.mu.Unlock()
	points, ok := h.amount(in.Reversed)
	if !ok || in.Order == "" {
		return refuse(http.StatusBadRequest, "Points must be a positive number")
	}
	known := h.orders[in.Order]
	switch {
	case known == nil || known.state == "voided":
		h.orders[in.Order] = &order{state: "voided"}
		if h.fault == ReverseUnknownPays {
			h.customers[in.Customer].balance += points
		}
		return refuse(http.StatusNotFound, "Unknown order")
	case known.state == "reversed":
		if h.fault == ReverseTwice {
			h.customers[known.customer].balance += points
		}
		return refuse(http.StatusConflict, "Already reversed")
	case known.customer != in.Customer && h.fault != AnybodyReverses:
		return refuse(http.StatusBadRequest, "Another customer's order")
	case points < known.points && h.fault != PartialReversal, points > known.points && h.fault != ReversesMore:
		return refuse(http.StatusBadRequest, "Amount does not match")
	}
	if h.fault == RaceReverses {
		h.pause()
	}
	known.state = "reversed"
	if h.fault == ReversesHalf {
		points /= 2
	}
	h.customers[known.customer].balance += points
	if h.fault == EarnedFalls {
		h.customers[known.customer].earned += points
	}
	return accept(map[string]any{"message": "Points reversed successfully"})
}
