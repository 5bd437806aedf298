package tables

import (
	"regexp"
	"slices"
	"strings"
)

// otherNames are what shops call the columns, in the form of plainName. A name may
// stand for several: the first one that a table has is meant.
var otherNames = map[string][]string{
	"номер карты": {"card_number"}, "карта": {"card_number"}, "card": {"card_number"}, "card number": {"card_number"}, "number": {"card_number"},
	"код карты": {"card_number"}, "№ карты": {"card_number"},
	"номер дисконтной карты": {"card_number"}, "номер бонусной карты": {"card_number"}, "дисконтная карта": {"card_number"}, "бонусная карта": {"card_number"},
	"штрих код карты": {"barcode"}, "штрихкод карты": {"barcode"}, "моб. телефон": {"phone"}, "моб телефон": {"phone"}, "моб. тел": {"phone"}, "моб тел": {"phone"},
	"контактный телефон": {"phone"}, "телефон клиента": {"phone"}, "телефон моб": {"phone"}, "телефон мобильный": {"phone"}, "эл почта": {"email"}, "email адрес": {"email"},
	"адрес email": {"email"}, "накоплено баллов": {"balance"}, "накоплено": {"balance"}, "сумма бонусов": {"balance"}, "сумма баллов": {"balance", "points"},
	"количество баллов": {"balance", "points"}, "кол во баллов": {"balance", "points"}, "количество бонусов": {"balance", "points"}, "баланс баллов": {"balance"},
	"баланс бонусов": {"balance"}, "баланс карты": {"balance"}, "бонусов": {"balance"}, "баллов": {"balance"}, "дата рожд": {"birth_date"}, "д.р": {"birth_date"}, "др": {"birth_date"},
	"активна": {"active"}, "активная": {"active"}, "действует": {"active"}, "заблокирована": {"blocked"}, "заблокирован": {"blocked"}, "блокировка": {"blocked"},
	"количество активаций": {"max_uses"}, "лимит активаций": {"max_uses"}, "лимит": {"max_uses"}, "количество использований": {"max_uses"}, "фио клиента": {"full_name"},
	"фамилия имя отчество": {"full_name"}, "имя клиента": {"full_name"}, "дата выдачи карты": {"issued_at"}, "статус карты": {"state"}, "номер чека": {"ref"}, "чек": {"ref"},
	"адрес магазина": {"location"}, "штрихкод": {"barcode"}, "штрих код": {"barcode"}, "ean": {"barcode"},
	"телефон": {"phone"}, "номер телефона": {"phone"}, "мобильный": {"phone"}, "мобильный телефон": {"phone"}, "тел": {"phone"}, "тел.": {"phone"},
	"сотовый": {"phone"}, "сотовый телефон": {"phone"}, "mobile": {"phone"}, "msisdn": {"phone"}, "phone number": {"phone"},
	"почта": {"email"}, "электронная почта": {"email"}, "эл. почта": {"email"}, "адрес электронной почты": {"email"}, "e mail": {"email"}, "mail": {"email"},
	"фамилия": {"surname"}, "last name": {"surname"}, "lastname": {"surname"},
	"имя": {"firstname"}, "first name": {"firstname"},
	"отчество": {"patronymic"}, "middle name": {"patronymic"}, "patronymic name": {"patronymic"},
	"пол": {"sex"}, "gender": {"sex"},
	"дата рождения": {"birth_date"}, "день рождения": {"birth_date"}, "birth date": {"birth_date"}, "birthday": {"birth_date"}, "birthdate": {"birth_date"},
	"date of birth": {"birth_date"},
	"код страны":    {"country_code"}, "country": {"country_code"}, "country code": {"country_code"},
	"город": {"locality"}, "населенный пункт": {"locality"}, "city": {"locality"},
	"баланс": {"balance", "points"}, "остаток": {"balance"}, "остаток баллов": {"balance"}, "бонусный баланс": {"balance"}, "bonus balance": {"balance"},
	"баллы": {"balance", "points", "bonus_points"}, "бонусы": {"balance", "points", "bonus_points"}, "бонусные баллы": {"balance", "points", "bonus_points"},
	"статус": {"state"}, "состояние": {"state"}, "status": {"state"}, "дата выдачи": {"issued_at"}, "дата выпуска": {"issued_at"},
	"дата": {"date"}, "дата покупки": {"date"}, "товар": {"item"}, "наименование": {"item"}, "номенклатура": {"item"}, "сумма": {"amount"},
	"стоимость": {"amount"}, "количество": {"quantity"}, "кол во": {"quantity"}, "магазин": {"location"}, "торговая точка": {"location"},
	"код": {"code"}, "промокод": {"code"}, "описание": {"description"}, "название": {"name"},
	"действует до": {"valid_until", "ends_at", "end_date"}, "действует с": {"starts_at", "start_date"}, "дата начала": {"start_date", "starts_at"},
	"дата окончания": {"end_date", "ends_at"}, "ключ": {"key"},
	"фио": {"full_name"}, "ф.и.о.": {"full_name"}, "клиент": {"full_name"}, "покупатель": {"full_name"}, "владелец": {"full_name"},
	"держатель": {"full_name"}, "full name": {"full_name"}, "владелец карты": {"full_name"}, "держатель карты": {"full_name"},
	"фн": {"fn"}, "номер фн": {"fn"}, "фискальный накопитель": {"fn"}, "часовой пояс": {"zone"},
}

// plainName writes the name of a column in one form: lower case, ё as е, one space
// in place of spaces, dashes and underscores.
func plainName(text string) string {
	text = joined.ReplaceAllString(text, "$1 $2")
	text = strings.NewReplacer("ё", "е", "_", " ", "-", " ", "\u00a0", " ").Replace(strings.ToLower(text))
	return strings.Join(strings.Fields(text), " ")
}

// joined is where words begin that a programme has written together: НомерКарты.
var joined = regexp.MustCompile(`(\p{Ll})(\p{Lu})`)

// rowNumbers are the columns that count the rows of a report.
var rowNumbers = []string{"№", "n", "#", "№ п/п", "п/п", "n п/п", "№п/п", "no", "№ строки", "номер строки"}

// What find gives beside a place.
const (
	noColumn = -1
	passOver = -2
)

// find gives the place of the column that a header names, noColumn for none and
// passOver for one that is not to be read: the given further names first, then the
// column's own one, then those that shops use.
func (t Table[R]) find(name string, further map[string]string) int {
	place := func(column string) int {
		return slices.IndexFunc(t.Columns, func(c Column[R]) bool { return c.Name == column })
	}
	for from, to := range further {
		if plainName(from) == plainName(name) && to == "" {
			return passOver
		} else if plainName(from) == plainName(name) {
			return place(to)
		}
	}
	if at := place(name); at >= 0 {
		return at
	}
	plain := plainName(name)
	short, _, _ := strings.Cut(plain, "(") // Баллы (шт.)
	short, _, _ = strings.Cut(short, ",")
	for _, form := range []string{plain, strings.Trim(plain, "*:. "), strings.Trim(short, "*:. ")} {
		if at := place(strings.ReplaceAll(form, " ", "_")); at >= 0 {
			return at
		}
		for _, column := range otherNames[form] {
			if at := place(column); at >= 0 {
				return at
			}
		}
	}
	if slices.Contains(rowNumbers, plain) {
		return passOver
	}
	return noColumn
}
