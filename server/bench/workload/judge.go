package workload

import (
	"bytes"
	"fmt"
	"time"
)

// A judge tells what is wrong with the body of an answer.
type judge = func(body []byte) error

func begins(text string) judge {
	return func(body []byte) error {
		if len(body) < len(text) || string(body[:len(text)]) != text {
			return fmt.Errorf("wanted %s…, got %.200q", text, body)
		}
		return nil
	}
}

func holds(text string) judge {
	return func(body []byte) error {
		if !bytes.Contains(body, []byte(text)) {
			return fmt.Errorf("wanted …%s…, got %.200q", text, body)
		}
		return nil
	}
}

func both(one, other judge) judge {
	return func(body []byte) error {
		if err := one(body); err != nil {
			return err
		}
		return other(body)
	}
}

func empty(body []byte) error {
	if len(body) > 0 {
		return fmt.Errorf("wanted an empty body, got %.200q", body)
	}
	return nil
}

// quotedNumber is the answer to a reservation.
func quotedNumber(body []byte) error {
	if len(body) != len(`"2900000000018"`) || body[0] != '"' || body[len(body)-1] != '"' ||
		len(bytes.Trim(body[1:len(body)-1], "0123456789")) > 0 {
		return fmt.Errorf("wanted a number in quotes, got %.200q", body)
	}
	return nil
}

func cut(body []byte, mark string) (before, after []byte, found bool) {
	return bytes.Cut(body, []byte(mark))
}

func todayNow() string { return Today(time.Now()) }
