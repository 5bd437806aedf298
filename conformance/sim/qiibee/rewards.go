package qiibee

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"time"

	"koshelek-adapter/conformance/sim"
)

// reward is a voucher that a user bought with points.
type reward struct {
	id     int
	code   string
	kind   RewardType
	usedAt time.Time
	bought *transaction
}

func (s *Simulator) rewardType(id int) (RewardType, bool) {
	i := slices.IndexFunc(s.options.RewardTypes, func(t RewardType) bool { return t.ID == id })
	if i < 0 {
		return RewardType{}, false
	}
	return s.options.RewardTypes[i], true
}

// giveReward makes the voucher of a transaction that took effect.
func (s *Simulator) giveReward(t *transaction) {
	kind, _ := s.rewardType(t.rewardType)
	r := &reward{id: 3000 + len(s.rewards)/2 + 1, kind: kind, bought: t}
	r.code = fmt.Sprintf("REWARD%06d", r.id)
	t.rewardID = r.id
	s.rewards[r.code], s.rewards[strconv.Itoa(r.id)] = r, r
}

func (s *Simulator) shownReward(r *reward) map[string]any {
	body := map[string]any{
		"code": r.code, "used": !r.usedAt.IsZero(), "user_id": r.bought.user,
		"reward_type": map[string]any{"id": r.kind.ID, "name": r.kind.Name, "value": r.kind.Value, "website": r.kind.Website,
			"valid_until": unix(r.kind.ValidUntil), "locations": []any{}},
		"transaction": s.shownTransaction(r.bought),
	}
	if !r.usedAt.IsZero() {
		body["used_at"] = unix(r.usedAt)
	}
	return body
}

// unix renders a time as the API does: seconds as a string. [C]
func unix(t time.Time) string { return strconv.FormatInt(t.Unix(), 10) }

func (s *Simulator) getReward(c *sim.Call) sim.Answer {
	s.mu.Lock()
	defer s.mu.Unlock()
	r, found := s.rewards[c.PathValue("reward")]
	if !found {
		return s.fail(http.StatusNotFound, "Reward not found")
	}
	return sim.OK(s.shownReward(r))
}

// useReward marks a voucher used, once. It is of the manual's third edition.
func (s *Simulator) useReward(c *sim.Call) sim.Answer {
	s.mu.Lock()
	defer s.mu.Unlock()
	r, found := s.rewards[c.PathValue("reward")]
	if !found {
		return s.fail(http.StatusNotFound, "Reward not found")
	}
	if !r.usedAt.IsZero() {
		return s.fail(http.StatusConflict, "Reward has already been used")
	}
	r.usedAt = s.Clock.Now()
	return sim.OK(s.shownReward(r))
}
