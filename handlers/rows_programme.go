package handlers

import (
	"koshelek-adapter/crm"
	"koshelek-adapter/handlers/middleware"
)

// Receipts and promo codes.
var promoRows = []Row{
	{Code: "410", kind: crm.ErrReceiptMalformed, English: "This is not the QR code of a cash receipt", Russian: "Это не QR-код кассового чека",
		Operator: "Read the key in the log line when customers complain about one till"},
	{Code: "411", kind: crm.ErrReceiptFuture, English: "The receipt is dated in the future", Russian: "Чек датирован будущим временем",
		Operator: "Check the till's clock and the configured time zone"},
	{Code: "412", kind: crm.ErrReceiptTooOld, English: "The receipt is too old", Russian: "Чек слишком старый",
		Operator: "Nothing, or configure a greater age"},
	{Code: "413", kind: crm.ErrReceiptTaken, English: "Another card has sent this receipt", Russian: "Этот чек уже отправлен с другой карты",
		Operator: "Nothing; one receipt earns once"},
	{Code: "414", kind: crm.ErrReceiptMismatch, English: "The receipt was sent before with other content", Russian: "Этот чек уже отправлен с другим содержанием",
		Operator: "Somebody may be forging receipts: compare it with the till"},
	{Code: "415", kind: crm.ErrReceiptLimit, English: "The card has sent too many receipts today", Russian: "С этой карты сегодня отправлено слишком много чеков",
		Operator: "Look at the card's receipts; ADAPTER_EARN_RECEIPTS_PER_DAY is the limit"},
	{Code: "416", kind: crm.ErrReceiptForeign, English: "The receipt is not of one of our shops", Russian: "Этот чек выдан не в нашем магазине",
		Operator: "Nothing, or import the fiscal drive of a new till ('import drives')"},
	{Code: "430", kind: crm.ErrCodeUnknown, English: "There is no such promo code", Russian: "Такого промокода нет",
		Operator: "Nothing, or load the code"},
	{Code: "431", kind: crm.ErrCodeUsedUp, English: "The promo code has been used up", Russian: "Промокод исчерпан",
		Operator: "Nothing, or raise the code's limit"},
	{Code: "432", kind: crm.ErrCodeExpired, English: "The promo code has expired", Russian: "Срок действия промокода истёк",
		Operator: "Nothing, or extend the code"},
	{Code: "433", kind: crm.ErrCodeNotStarted, English: "The promo code is not valid yet", Russian: "Промокод ещё не действует",
		Operator: "Nothing, or let the code begin earlier"},
}

// Points.
var pointsRows = []Row{
	{Code: "501", kind: crm.ErrInsufficientPoints, English: "There are not enough points", Russian: "Недостаточно баллов",
		Operator: "Nothing; pending and expired points cannot be spent"},
	{Code: "502", kind: crm.ErrOperationConflict, English: "The operation was sent before with other content", Russian: "Эта операция уже отправлена с другим содержанием",
		Operator: "Find out why a key was used twice; the first operation stands"},
	{Code: "503", kind: crm.ErrDeliveryNotFound, English: "There is no such delivery", Russian: "Такой операции нет",
		Operator: "A reward vendor answered for something that was never sent: compare its requests with 'outbox list'"},
}

// The service.
var serviceRows = []Row{
	{Code: "901", kind: crm.ErrBusy, English: "The service is busy, try again shortly", Russian: "Сервис перегружен, повторите попытку позже",
		Operator: "Look at the durations; raise the number of requests at work, or give the database more"},
	{Code: "902", kind: crm.ErrUnavailable, English: "The service is temporarily unavailable, the same call may be sent again", Russian: "Сервис временно недоступен, запрос можно повторить",
		Operator: "Look at the database and at the note in the log line"},
	{Code: "903", kind: crm.ErrInternal, English: "Internal error", Russian: "Внутренняя ошибка",
		Operator: "Read the note in the log line of this request id and report it to the developers"},
	{Code: "904", kind: middleware.ClientGone, English: "The connection ended before the answer", Russian: "Соединение прервано до ответа",
		Operator: "Nothing; compare the durations with the caller's time-out when it happens often"},
}
