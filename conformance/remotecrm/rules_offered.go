package remotecrm

import (
	"net/http"
	"time"

	"koshelek-adapter/crm"
)

func offeredRules() []rule {
	return []rule{
		{"balance.card", critical, crm.OffersBalance, text{"A new card has a balance, a card that does not exist is 404.", "У новой карты есть баланс, карта, которой нет, — 404."}, func(c *check) {
			_, m := c.customer()
			_ = c.balance(m.Ref)
			_, err := c.crm.Balance(c.ctx, crm.Ref{Card: c.person().Number.Number})
			c.refused(err, crm.ErrCardNotFound)
		}},
		{"purchases.page", major, crm.OffersPurchases, text{"Purchases are of the days that were asked for, newest first.", "Покупки — за запрошенные дни, новые первыми."}, func(c *check) {
			_, m := c.customer()
			to := crm.DateOf(time.Now(), time.UTC)
			lines, _, err := c.crm.Purchases(c.ctx, m.Ref, crm.DateOf(time.Now().AddDate(0, -1, 0), time.UTC), to, "", 2)
			c.must(err)
			for i := 1; i < len(lines); i++ {
				if lines[i].Date > lines[i-1].Date {
					c.broken(text{"they are not the newest first", "порядок не от новых к старым"})
				}
			}
			_, _, err = c.crm.Purchases(c.ctx, crm.Ref{Card: c.person().Number.Number}, to, to, "", 2)
			c.refused(err, crm.ErrCardNotFound)
		}},
		{"offers.card", major, crm.OffersOffers, text{"Offers of a card are answered.", "Предложения карты отдаются."}, func(c *check) {
			_, m := c.customer()
			_, err := c.crm.Offers(c.ctx, m.Ref)
			c.must(err)
		}},
		{"channels.set", major, crm.OffersChannels, text{"What a customer allows is taken, also when it comes again.", "Согласия принимаются, и повторно тоже."}, func(c *check) {
			_, m := c.customer()
			key := c.key()
			for range 2 {
				c.must(c.crm.SetChannels(c.ctx, key, m.Ref, map[crm.Channel]bool{crm.ChannelSMS: true, crm.ChannelPush: false}))
			}
			c.refused(c.crm.SetChannels(c.ctx, c.key(), crm.Ref{Card: c.person().Number.Number}, map[crm.Channel]bool{crm.ChannelSMS: true}), crm.ErrCardNotFound)
		}},
		{"receipt.repeated", critical, crm.OffersReceipt, text{"A receipt that comes again has the same points.", "Повторный чек даёт те же баллы."}, func(c *check) {
			_, m := c.customer()
			key := c.key()
			receipt := crm.Receipt{ReceiptKey: crm.ReceiptKey{FN: "9282440300669857", I: int64(c.Seed*1000 + c.next), FP: 1186123459}, At: time.Now().Add(-time.Hour).Truncate(time.Minute), SumKopecks: 100_000, Kind: crm.ReceiptSale}
			first, err := c.crm.Receipt(c.ctx, key, m.Ref, receipt)
			c.must(err)
			again, err := c.crm.Receipt(c.ctx, key, m.Ref, receipt)
			c.must(err)
			if again.Points != first.Points {
				c.broken(text{"first %d points, then %d", "сначала %d, потом %d"}, first.Points, again.Points)
			}
		}},
		{"code.unknown", critical, crm.OffersCode, text{"A promo code that does not exist is code_unknown.", "Промокод, которого нет, — code_unknown."}, func(c *check) {
			_, m := c.customer()
			_, err := c.crm.Redeem(c.ctx, c.key(), m.Ref, "NEVER-"+m.Card)
			c.refused(err, crm.ErrCodeUnknown)
		}},
		{"members.pages", major, crm.OffersMembers, text{"The list of members goes on page by page, each card once, a customer's cards together.", "Список клиентов листается, каждая карта в нём один раз, карты клиента подряд."}, func(c *check) {
			e, _ := c.customer()
			second := c.person()
			second.Profile = e.Profile
			_, _ = c.enroll(second) // it may be refused
			c.customer()
			c.customer()
			seen, customers, last, after := map[string]bool{}, map[string]bool{}, "", ""
			for range 3 {
				page, next, err := c.crm.Members(c.ctx, after, 2)
				c.must(err)
				for _, m := range page {
					if seen[m.Card] {
						c.broken(text{"a card came twice", "карта пришла дважды"})
					}
					if m.ID != last && customers[m.ID] {
						c.broken(text{"the cards of a customer stand apart", "карты клиента стоят порознь"})
					}
					seen[m.Card], customers[m.ID], last = true, true, m.ID
				}
				if after = next; next == "" {
					break
				}
			}
			if len(seen) < 3 {
				c.broken(text{"%d cards came of at least three", "пришло карт: %d, а есть хотя бы три"}, len(seen))
			}
		}},
		{"erase.gone", critical, crm.OffersErase, text{"A customer who was erased is not found any more; erasing again is a success.", "Стёртый клиент больше не находится; повторное стирание — успех."}, func(c *check) {
			e, m := c.customer()
			for range 2 {
				c.must(c.crm.Erase(c.ctx, m.Ref))
			}
			c.cards(e.Profile.Phone, 0)
		}},
		{"offers.truth", minor, "", text{"A call that is not offered is not served.", "Вызов, который не предлагается, не обслуживается."}, func(c *check) {
			_, m := c.customer()
			for _, l := range losses() {
				if c.has(l.offer) || l.offer == crm.OffersErase || l.offer == crm.OffersPoints {
					continue
				}
				if status, _ := c.raw(l.offer, c.key(), `{"card":"`+m.Card+`","id":"`+m.ID+`","limit":1,"from":"2026-01-01","to":"2026-01-02"}`, nil); status == http.StatusOK {
					c.broken(text{"%s answers, but ping does not offer it", "%s отвечает, но в ping его нет"}, l.offer)
				}
			}
		}},
	}
}
