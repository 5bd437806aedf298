package handlers

import (
	"koshelek-adapter/crm"
	"koshelek-adapter/handlers/middleware"
)

// Requests that do not get as far as a method.
var requestRows = []Row{
	{Code: "100", kind: middleware.Unauthorized, English: "Credentials are missing or wrong", Russian: "Логин и пароль не указаны или неверны",
		Operator: "Compare the login and password with those handed to Koshelek; many of them from elsewhere are somebody who guesses"},
	{Code: "101", kind: middleware.UnknownPath, English: "There is no such path", Russian: "Такого пути нет",
		Operator: "Compare the address handed to Koshelek; check the configured path of the offers"},
	{Code: "102", kind: middleware.WrongMethod, English: "The path does not take this HTTP method", Russian: "Путь не принимает этот метод HTTP",
		Operator: "Switch on PUT beside the published verbs if Koshelek uses it"},
	{Code: "103", kind: crm.ErrNotSupported, English: "The method is not offered here", Russian: "Этот метод здесь не поддерживается",
		Operator: "It is newer than the configured version of the API, or the CRM behind the adapter cannot do it: doctor lists what is missing"},
	{Code: "104", kind: middleware.BodyTooLarge, English: "The request body is too large", Russian: "Тело запроса слишком велико",
		Operator: "Nothing; no call of the contract comes near the limit"},
	{Code: "105", kind: middleware.BodyIncomplete, English: "The request body did not arrive whole", Russian: "Тело запроса получено не полностью",
		Operator: "Look at the network and at proxies when it happens often"},
	{Code: "106", kind: faultBodyMalformed, English: "The request body is not one JSON object in UTF-8 with the expected kinds of values", Russian: "Тело запроса не является одним объектом JSON в UTF-8 с ожидаемыми типами значений",
		Operator: "Read the reason in the log line and report it to Koshelek"},
	{Code: "107", kind: faultQueryMalformed, English: "The query string is badly escaped or has a parameter twice", Russian: "Строка запроса неверно закодирована или содержит параметр дважды",
		Operator: "Report it to Koshelek; look whether a proxy rewrites addresses"},
}

// Values that cannot be.
var fieldRows = []Row{
	{Code: "110", kind: crm.ErrNoIdentity, English: "Neither phone nor e-mail nor card number is given", Russian: "Не указаны ни телефон, ни e-mail, ни номер карты",
		Operator: "Nothing; the caller has to name the customer"},
	{Code: "111", kind: crm.ErrInvalidPhone, English: "The phone number is not possible", Russian: "Такого номера телефона не бывает",
		Operator: "Nothing; the customer has to correct the number"},
	{Code: "112", kind: crm.ErrInvalidEmail, English: "The e-mail address is not possible", Russian: "Такого адреса e-mail не бывает",
		Operator: "Nothing; the customer has to correct the address"},
	{Code: "113", kind: crm.ErrInvalidDate, English: "A date is missing, impossible or out of order", Russian: "Дата не указана, невозможна или нарушает порядок дат",
		Operator: "Nothing; dates are days of the form YYYY-MM-DD"},
	{Code: "114", kind: crm.ErrInvalidCardNumber, English: "The card number is not possible", Russian: "Такого номера карты не бывает",
		Operator: "Nothing; letters, digits, '-', '_' and '.' make a number, the words of the API do not"},
	{Code: "115", kind: crm.ErrInvalidProfile, English: "A field of the profile is too long or has characters that are not allowed", Russian: "Поле анкеты слишком длинное или содержит недопустимые символы",
		Operator: "Read the field's name in the log line"},
	{Code: "116", kind: crm.ErrInvalidAmount, English: "The amount is out of range", Russian: "Сумма вне допустимых пределов",
		Operator: "Nothing; amounts are positive and limited"},
	{Code: "117", kind: crm.ErrInvalidRecord, English: "A record breaks the rules for its fields", Russian: "Запись нарушает правила для своих полей",
		Operator: "Read the field's name in the log line"},
}

// Cards.
var cardRows = []Row{
	{Code: "201", kind: crm.ErrCardNotFound, English: "There is no such card", Russian: "Такой карты нет",
		Operator: "Look the number up; import the card if it should be known"},
	{Code: "202", kind: crm.ErrCardBlocked, English: "The card is blocked", Russian: "Карта заблокирована",
		Operator: "Find out in the audit log who blocked it and why; unblock it if it was a mistake"},
	{Code: "203", kind: crm.ErrCardInactive, English: "The card is not active", Russian: "Карта не активна",
		Operator: "Activate the card if its holder may use it"},
	{Code: "204", kind: crm.ErrNumberUnknown, English: "The number is neither reserved nor in the pool", Russian: "Номер не зарезервирован и не входит в пул",
		Operator: "Load the registry of numbers that was handed to Koshelek; a reservation may have run out"},
	{Code: "205", kind: crm.ErrNumberTaken, English: "The number is already somebody's card", Russian: "Номер уже занят другой картой",
		Operator: "Compare the registry of numbers with the cards; two systems may issue from one range"},
	{Code: "206", kind: crm.ErrPoolEmpty, English: "There is no free card number", Russian: "Свободных номеров карт нет",
		Operator: "Add numbers to the pool, or configure a template that makes them"},
	{Code: "207", kind: crm.ErrTooManyAttempts, English: "Too many card numbers or codes were tried, try again later", Russian: "Слишком много попыток ввода номеров карт или кодов, повторите позже",
		Operator: "Nothing; somebody guesses, or takes many cards. ADAPTER_CARD_FAILURES_PER_HOUR and ADAPTER_CARD_CLAIMS_PER_DAY are the limits"},
}

// Customers.
var customerRows = []Row{
	{Code: "301", kind: crm.ErrAmbiguous, English: "Phone and e-mail belong to different customers", Russian: "Телефон и e-mail принадлежат разным клиентам",
		Operator: "The customer will call: find both and decide which contact is right"},
	{Code: "302", kind: crm.ErrPhoneTaken, English: "The phone number belongs to another customer", Russian: "Номер телефона принадлежит другому клиенту",
		Operator: "Find out which of the two customers has the number now"},
	{Code: "303", kind: crm.ErrEmailTaken, English: "The e-mail address belongs to another customer", Russian: "Адрес e-mail принадлежит другому клиенту",
		Operator: "Find out which of the two customers has the address now"},
	{Code: "304", kind: crm.ErrCustomerNotFound, English: "There is no such customer", Russian: "Такого клиента нет",
		Operator: "The card has no holder, or the data was erased on request"},
}
