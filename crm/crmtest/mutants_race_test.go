package crmtest_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"koshelek-adapter/crm"
)

// crowd is as many callers as the checks of races send at once.
const crowd = 32

// meeting holds back the first callers until all of them have looked and none
// has acted yet: what a race is at its worst. Later callers pass.
type meeting struct {
	size int32
	came atomic.Int32
	all  chan struct{}
}

func newMeeting(size int32) *meeting { return &meeting{size: size, all: make(chan struct{})} }

func (m *meeting) wait() {
	switch came := m.came.Add(1); {
	case came < m.size:
		<-m.all
	case came == m.size:
		close(m.all)
	}
}

// raceMutants look first and act on what they saw. Each is good as long as one
// caller comes after the other.
func raceMutants() []mutant {
	return []mutant{
		{"a balance is read before it is written", "Race/take", func(h *hooks) {
			looked := newMeeting(crowd)
			h.take = func(ctx context.Context, m crm.Movement) (crm.Posting, error) {
				card, err := h.Backend.Card(ctx, m.CardNumber)
				if err != nil || card.Balance < m.Points {
					return crm.Posting{}, errors.Join(err, crm.ErrInsufficientPoints)
				}
				looked.wait()
				posting, err := h.Backend.Take(ctx, m)
				if errors.Is(err, crm.ErrInsufficientPoints) { // writes what it computed over what others wrote
					return crm.Posting{ID: m.Key, CardNumber: m.CardNumber, Kind: crm.PostingTake, Points: -m.Points, At: m.Now}, nil
				}
				return posting, err
			}
		}},
		{"a key is looked up before it is used", "Race/grant-one-key", func(h *hooks) {
			looked := newMeeting(crowd)
			var calls atomic.Int64
			h.grant = func(ctx context.Context, m crm.Movement) (crm.Posting, error) {
				postings, err := h.Backend.Postings(ctx, m.CardNumber, "", 1000)
				for _, posting := range postings {
					if posting.Description == m.Description {
						return posting, nil
					}
				}
				looked.wait()
				m.Key += string(rune('a' + calls.Add(1)))
				posting, grantErr := h.Backend.Grant(ctx, m)
				return posting, errors.Join(err, grantErr)
			}
		}},
		{"a number is looked up before it is issued", "Race/reserve-one-number", func(h *hooks) {
			looked := newMeeting(crowd)
			h.issueReserved = func(ctx context.Context, r crm.IssueRequest) (crm.Card, error) {
				_, err := h.Backend.Card(ctx, r.Number.Number)
				free := errors.Is(err, crm.ErrCardNotFound)
				looked.wait()
				card, err := h.Backend.IssueReserved(ctx, r)
				if free && errors.Is(err, crm.ErrNumberTaken) {
					return h.Backend.Card(ctx, r.Number.Number)
				}
				return card, err
			}
		}},
		{"a phone is looked up before a card is made", "Race/issue-one-phone", func(h *hooks) {
			looked := newMeeting(crowd)
			h.issue = func(ctx context.Context, r crm.IssueRequest) (crm.Issued, error) {
				found, err := h.Backend.FindCards(ctx, crm.Identity{Phone: r.Profile.Phone})
				looked.wait()
				issued, issueErr := h.Backend.Issue(ctx, r)
				if issueErr == nil && len(found) == 0 && issued.Card.Number != r.Number.Number {
					issued.Card, issueErr = another(ctx, h.Backend, r)
					issued.Created = true
				}
				return issued, errors.Join(err, issueErr)
			}
		}},
		{"a phone is looked up before it is changed", "Race/update-to-one-phone", func(h *hooks) {
			looked := newMeeting(crowd)
			h.updateProfile = func(ctx context.Context, r crm.ProfileUpdate) error {
				found, err := h.Backend.FindCards(ctx, crm.Identity{Phone: r.Profile.Phone})
				looked.wait()
				updateErr := h.Backend.UpdateProfile(ctx, r)
				if len(found) == 0 && errors.Is(updateErr, crm.ErrPhoneTaken) {
					return err
				}
				return errors.Join(err, updateErr)
			}
		}},
		{"a consent is looked up before it is logged", "Race/channels-twins", func(h *hooks) {
			looked := newMeeting(crowd)
			h.setChannels = func(ctx context.Context, r crm.ChannelsUpdate) error {
				log, err := h.Backend.Consents(ctx, r.CardNumber)
				looked.wait()
				if err == nil && len(log) == 0 { // nothing is known yet, so everything is new
					turned := r
					turned.Wanted = map[crm.Channel]bool{}
					for channel, allowed := range r.Wanted {
						turned.Wanted[channel] = !allowed
					}
					err = h.Backend.SetChannels(ctx, turned)
				}
				return errors.Join(err, h.Backend.SetChannels(ctx, r))
			}
		}},
		{"processes lease from one list", "Race/lease", func(h *hooks) {
			looked := newMeeting(crowd)
			var given atomic.Int64
			h.leaseNumbers = func(ctx context.Context, r crm.LeaseRequest) ([]crm.CardNumber, error) {
				if r.Count > 5 {
					return h.Backend.LeaseNumbers(ctx, r)
				}
				list, err := h.Backend.LeaseNumbers(ctx, crm.LeaseRequest{Count: 1000, Now: r.Now, Until: r.Now})
				first := int(given.Load())
				looked.wait()
				given.Store(int64(first + r.Count))
				return list[first:min(first+r.Count, len(list))], err
			}
		}},
		{"lots are looked up before they are booked", "Race/expire", func(h *hooks) {
			looked := newMeeting(8)
			var over, booked atomic.Int64
			h.grant = func(ctx context.Context, m crm.Movement) (crm.Posting, error) {
				if m.ValidUntil.Before(m.Now.AddDate(0, 0, 2)) {
					over.Add(1)
				}
				return h.Backend.Grant(ctx, m)
			}
			h.expirePoints = func(ctx context.Context, now time.Time, limit int) (int, error) {
				seen := min(int64(limit), over.Load()-booked.Load())
				looked.wait()
				n, err := h.Backend.ExpirePoints(ctx, now, limit)
				booked.Add(int64(n))
				return int(seen), err
			}
		}},
	}
}

func racePromotionMutants() []mutant {
	return []mutant{
		{"verify reads balances first and postings later", "Race/verify", func(h *hooks) {
			// All 16 movements of the race come between the two.
			looked, moved := newMeeting(crowd), newMeeting(crowd)
			beside := func(m crm.Movement, move func(context.Context, crm.Movement) (crm.Posting, error)) func(context.Context) (crm.Posting, error) {
				return func(ctx context.Context) (crm.Posting, error) {
					if strings.HasPrefix(m.Key, "gift") { // before the race
						return move(ctx, m)
					}
					looked.wait()
					defer moved.wait()
					return move(ctx, m)
				}
			}
			h.grant = func(ctx context.Context, m crm.Movement) (crm.Posting, error) { return beside(m, h.Backend.Grant)(ctx) }
			h.take = func(ctx context.Context, m crm.Movement) (crm.Posting, error) { return beside(m, h.Backend.Take)(ctx) }
			h.verify = func(ctx context.Context, _ string, _ int) (bad []crm.Discrepancy, last string, err error) {
				card, err := h.Backend.Card(ctx, "card-0")
				looked.wait()
				moved.wait()
				statement, laterErr := h.Backend.Statement(ctx, "card-0", then)
				if statement.Card.EarnedTotal != card.EarnedTotal {
					bad = append(bad, crm.Discrepancy{CardNumber: card.Number, Balance: card.Balance})
				}
				return bad, "", errors.Join(err, laterErr)
			}
		}},
		{"segments that are stored at once are mixed", "Race/segments", func(h *hooks) {
			looked := newMeeting(crowd)
			var mixed sync.Map
			h.setSegments = func(ctx context.Context, number string, segments []string) error {
				for _, segment := range segments {
					mixed.Store(segment, true)
				}
				looked.wait()
				var union []string
				mixed.Range(func(segment, _ any) bool {
					union = append(union, segment.(string))
					return true
				})
				return h.Backend.SetSegments(ctx, number, union)
			}
		}},
		{"a receipt is looked up before it is awarded", "Race/receipt-one-card", func(h *hooks) {
			looked := newMeeting(crowd)
			var calls atomic.Int64
			h.submitReceipt = func(ctx context.Context, r crm.ReceiptSubmission) (crm.Submitted, error) {
				postings, err := h.Backend.Postings(ctx, r.CardNumber, "", 1000)
				looked.wait()
				answer, submitErr := h.Backend.SubmitReceipt(ctx, r)
				if submitErr == nil && answer.Repeated && len(postings) == 0 {
					answer.Repeated = false
					submitErr = credit(ctx, h.Backend, string(rune('a'+calls.Add(1))), r.CardNumber, r.Award.Points, r.Now)
				}
				return answer, errors.Join(err, submitErr)
			}
		}},
		{"the count of a code is read before it is written", "Race/code-limit", func(h *hooks) {
			looked := newMeeting(crowd)
			limits := map[string]int64{}
			h.putCodes = func(ctx context.Context, codes []crm.PromoCode) error {
				for i := range codes {
					limits[codes[i].Code], codes[i].MaxUses = codes[i].MaxUses, 0
				}
				return h.Backend.PutCodes(ctx, codes)
			}
			h.redeemCode = func(ctx context.Context, r crm.CodeSubmission) (crm.Submitted, error) {
				code, err := h.Backend.Code(ctx, r.Code)
				if err != nil || limits[r.Code] > 0 && code.Used >= limits[r.Code] {
					return crm.Submitted{}, errors.Join(err, crm.ErrCodeUsedUp)
				}
				looked.wait()
				return h.Backend.RedeemCode(ctx, r)
			}
		}},
	}
}
