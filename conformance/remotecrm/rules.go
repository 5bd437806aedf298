package remotecrm

import (
	"net/http"
	"slices"
	"strings"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"koshelek-adapter/conformance/contract"
	"koshelek-adapter/crm"
	"koshelek-adapter/schema/crmapi"
)

// rules are in the order in which they are checked.
func rules() []rule {
	return slices.Concat(pingRules(), callerRules(), readRules(), enrollRules(), updateRules(), pointsRules(), offeredRules())
}

const (
	critical = contract.Critical
	major    = contract.Major
	minor    = contract.Minor
)

func pingRules() []rule {
	return []rule{
		{"ping.clock", major, "", text{"The service's clock is within two minutes of ours.", "Часы сервиса расходятся с нашими не более чем на две минуты."}, func(c *check) {
			about, err := c.crm.Describe(c.ctx)
			c.must(err)
			if about.Now.IsZero() {
				c.without(text{"ping does not tell the time", "ping не сообщает время"})
			}
			if off := time.Since(about.Now).Round(time.Second); off.Abs() > 2*time.Minute {
				c.broken(text{"it is %v off", "расхождение %v"}, off)
			}
		}},
		{"ping.lookup", critical, "", text{"A write is called searchable only when lookup is offered.", "Запись названа searchable, только если есть lookup."}, func(c *check) {
			for write, g := range c.about.Writes {
				if g == crm.GuaranteeSearchable && !c.has(crm.OffersLookup) {
					c.broken(text{"%s is searchable without lookup", "%s searchable, а lookup нет"}, write)
				}
			}
		}},
		{"ping.writes", minor, "", text{"Every write that is offered is safe to repeat, or can be looked up.", "Каждую предложенную запись можно повторить или найти."}, func(c *check) {
			for _, call := range crmapi.Calls() {
				if call.Keyed && (call.Mandatory || c.has(call.Name)) && c.guarantee(crm.Write(call.Name)) == crm.GuaranteeNone {
					c.broken(text{"%s is none: an answer that is lost leaves it to an operator", "%s — none: потерянный ответ придётся разбирать оператору"}, call.Name)
				}
			}
		}},
	}
}

func callerRules() []rule {
	unauthorized := func(c *check, edit func(head http.Header)) {
		if status, _ := c.raw("find", "", `{"phone":"70000000000"}`, edit); status != http.StatusUnauthorized {
			c.broken(text{"the status is %d; expected 401", "статус %d; ожидался 401"}, status)
		}
	}
	body := `{"phone":"70000000000"}`
	return []rule{
		{"caller.unsigned", critical, "", text{"A call without a signature is refused.", "Вызов без подписи отклоняется."}, func(c *check) {
			unauthorized(c, func(head http.Header) {
				for _, name := range []string{"webhook-id", "webhook-timestamp", "webhook-signature"} {
					head.Del(name)
				}
			})
		}},
		{"caller.other-secret", critical, "", text{"A signature by another secret is refused.", "Подпись другим секретом отклоняется."}, func(c *check) {
			unauthorized(c, func(head http.Header) {
				other, _ := standardwebhooks.NewWebhookRaw([]byte(c.key() + strings.Repeat("x", 24))) // it never fails
				signature, _ := other.Sign(head.Get("webhook-id"), time.Now(), []byte(body))
				head.Set("webhook-signature", signature)
			})
		}},
		{"caller.other-body", critical, "", text{"A signature of another body is refused.", "Подпись другого тела отклоняется."}, func(c *check) {
			unauthorized(c, func(head http.Header) { c.sign(head, `{"phone":"70000000001"}`, time.Now()) })
		}},
		{"caller.old", major, "", text{"A signature of ten minutes ago is refused.", "Подпись десятиминутной давности отклоняется."}, func(c *check) {
			unauthorized(c, func(head http.Header) { c.sign(head, body, time.Now().Add(-10*time.Minute)) })
		}},
		{"caller.future", major, "", text{"A signature of ten minutes ahead is refused.", "Подпись из будущего (на десять минут) отклоняется."}, func(c *check) {
			unauthorized(c, func(head http.Header) { c.sign(head, body, time.Now().Add(10*time.Minute)) })
		}},
		{"caller.two-secrets", major, "", text{"Of several signatures one that fits is enough.", "Из нескольких подписей достаточно одной верной."}, func(c *check) {
			status, _ := c.raw("find", "", body, func(head http.Header) {
				head.Set("webhook-signature", "v1,"+strings.Repeat("A", 43)+"= "+head.Get("webhook-signature"))
			})
			if status != http.StatusOK {
				c.broken(text{"the status is %d; expected 200", "статус %d; ожидался 200"}, status)
			}
		}},
		{"caller.login", critical, "", text{"A wrong token or password is refused.", "Неверный токен или пароль отклоняется."}, func(c *check) {
			if c.Remote.Token == "" && c.Remote.User == "" {
				c.without(text{"no token or login was given", "токен или логин не заданы"})
			}
			unauthorized(c, func(head http.Header) { head.Set("Authorization", head.Get("Authorization")+"x") })
			unauthorized(c, func(head http.Header) { head.Del("Authorization") })
		}},
		{"caller.new-fields", major, "", text{"Fields that the service does not know are ignored.", "Неизвестные поля игнорируются."}, func(c *check) {
			e, m := c.customer()
			for name, body := range map[string]string{
				"find": `{"phone":"` + e.Profile.Phone + `","later":{"a":[1]}}`, "member": `{"card":"` + m.Card + `","id":"` + m.ID + `","later":true}`,
			} {
				if status, _ := c.raw(name, "", body, nil); status != http.StatusOK {
					c.broken(text{"%s answers with status %d; expected 200", "%s отвечает статусом %d; ожидался 200"}, name, status)
				}
			}
		}},
		{"caller.torn", major, "", text{"A body that is no JSON is not taken.", "Тело, которое не JSON, не принимается."}, func(c *check) {
			if status, _ := c.raw("find", "", `{"phone":"700000`, nil); status == http.StatusOK {
				c.broken(text{"the status is 200", "статус 200"})
			}
		}},
	}
}

func readRules() []rule {
	return []rule{
		{"enroll.card", critical, "", text{"An enrollment makes an active card of exactly the number.", "Выдача создаёт действующую карту ровно с этим номером."}, func(c *check) {
			m, err := c.enroll(c.person())
			c.must(err)
			if m.State != crm.CardActive {
				c.broken(text{"its state is %s", "её состояние — %s"}, m.State)
			}
		}},
		{"find.nobody", critical, "", text{"A phone that nobody has is an empty list.", "Телефон, которого ни у кого нет, — пустой список."}, func(c *check) {
			c.customer()
			c.cards(c.person().Profile.Phone, 0)
		}},
		{"find.phone", critical, "", text{"A phone finds its customer's card, and no other.", "По телефону находится карта его клиента, и только она."}, func(c *check) {
			c.customer()
			e, m := c.customer()
			if found := c.found(e.Profile.Phone); len(found) != 1 || found[0].Ref != m.Ref || found[0].Profile.Phone != e.Profile.Phone {
				c.broken(text{"it was not found alone, with its phone", "найдена не она одна или без своего телефона"})
			}
		}},
		{"find.email", major, "", text{"An e-mail finds its customer's card.", "По e-mail находится карта его клиента."}, func(c *check) {
			e, m := c.customer()
			found, err := c.crm.Find(c.ctx, crm.Identity{Email: e.Profile.Email})
			c.must(err)
			if len(found) != 1 || found[0].Ref != m.Ref {
				c.broken(text{"%d cards were found; expected the one", "найдено карт: %d; ожидалась одна"}, len(found))
			}
		}},
		{"member.card", critical, "", text{"A card is answered with the profile that was given, also by its number alone.", "Карта отдаётся с переданной анкетой, в том числе только по номеру."}, func(c *check) {
			e, m := c.customer()
			for _, ref := range []crm.Ref{m.Ref, {Card: m.Card}} {
				now, err := c.crm.Member(c.ctx, ref)
				c.must(err)
				if now.Ref != m.Ref || now.Profile != e.Profile || now.State != crm.CardActive {
					c.broken(text{"it differs from what was enrolled", "она отличается от выданной"})
				}
			}
		}},
		{"member.unknown", critical, "", text{"A card that does not exist is 404 card_not_found.", "Карта, которой нет, — 404 card_not_found."}, func(c *check) {
			c.customer()
			nobody := crm.Ref{Card: c.person().Number.Number}
			_, err := c.crm.Member(c.ctx, nobody)
			c.refused(err, crm.ErrCardNotFound)
			c.refused(c.crm.Update(c.ctx, c.key(), nobody, crm.Profile{FirstName: "Пётр"}), crm.ErrCardNotFound)
		}},
	}
}

func updateRules() []rule {
	return []rule{
		{"update.stores", major, "", text{"Fields that are sent are stored, the others stay.", "Переданные поля сохраняются, остальные не меняются."}, func(c *check) {
			e, m := c.customer()
			want := e.Profile
			want.FirstName = "Пётр"
			c.must(c.crm.Update(c.ctx, c.key(), m.Ref, crm.Profile{FirstName: want.FirstName}))
			now, err := c.crm.Member(c.ctx, m.Ref)
			c.must(err)
			if now.Profile != want {
				c.broken(text{"the profile is not what it should be", "анкета не та"})
			}
		}},
		{"update.repeated", major, "", text{"An update that comes again is the same success.", "Повторное изменение — тот же успех."}, func(c *check) {
			_, m := c.customer()
			key := c.key()
			for range 2 {
				c.must(c.crm.Update(c.ctx, key, m.Ref, crm.Profile{FirstName: "Пётр"}))
			}
		}},
		{"update.conflict", major, "", text{"The key of another update is refused.", "Ключ другого изменения отклоняется."}, func(c *check) {
			c.keyed(crm.WriteUpdate)
			_, m := c.customer()
			key := c.key()
			c.must(c.crm.Update(c.ctx, key, m.Ref, crm.Profile{FirstName: "Пётр"}))
			c.refused(c.crm.Update(c.ctx, key, m.Ref, crm.Profile{FirstName: "Фёдор"}), crm.ErrOperationConflict)
		}},
		{"update.phone-taken", critical, "", text{"Another customer's phone is refused, and nothing is changed.", "Телефон другого клиента отклоняется, и ничего не меняется."}, func(c *check) {
			other, _ := c.customer()
			e, m := c.customer()
			c.refused(c.crm.Update(c.ctx, c.key(), m.Ref, crm.Profile{Phone: other.Profile.Phone}), crm.ErrPhoneTaken)
			c.cards(e.Profile.Phone, 1)
			c.cards(other.Profile.Phone, 1)
		}},
		{"text.kept", major, "", text{"Texts come back byte by byte.", "Тексты возвращаются байт в байт."}, func(c *check) {
			e := c.person()
			e.Profile.Surname, e.Profile.FirstName, e.Profile.Patronymic = "Ёлкина-О’Коннор", `Анна "Аня" <b>\`, "🙂 ąß'; --"
			m, err := c.enroll(e)
			c.must(err)
			now, err := c.crm.Member(c.ctx, m.Ref)
			c.must(err)
			if now.Profile != e.Profile {
				c.broken(text{"%q came back as %q", "%q вернулось как %q"}, e.Profile.Surname+e.Profile.FirstName+e.Profile.Patronymic, now.Profile.Surname+now.Profile.FirstName+now.Profile.Patronymic)
			}
		}},
		{"text.zeros", major, "", text{"A card number keeps its leading zeros.", "Номер карты сохраняет ведущие нули."}, func(c *check) {
			e := c.person()
			e.Number = crm.CardNumber{Number: "00" + e.Number.Number[2:], BarcodeNumber: "00" + e.Number.Number[2:], BarcodeType: crm.Code128}
			m, err := c.enroll(e)
			if crm.KindOf(err) == crm.ErrInvalidCardNumber {
				c.without(text{"such numbers are none of this programme", "таких номеров в программе нет"})
			}
			c.must(err)
			if found := c.found(e.Profile.Phone); len(found) != 1 || found[0].Card != m.Card {
				c.broken(text{"find has another number", "find отдаёт другой номер"})
			}
		}},
	}
}

// keyed ends the check of a write whose keys the service does not remember.
func (c *check) keyed(w crm.Write) {
	if c.guarantee(w) != crm.GuaranteeKeyed {
		c.without(text{"the service does not keep keys of this write", "сервис не хранит ключи этой записи"})
	}
}

// repeatable ends the check of a write that is not safe to repeat.
func (c *check) repeatable(w crm.Write) {
	if g := c.guarantee(w); g != crm.GuaranteeKeyed && g != crm.GuaranteeNatural {
		c.without(text{"the service does not promise that a repetition is safe", "сервис не обещает, что повтор безопасен"})
	}
}
