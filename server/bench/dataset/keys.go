package dataset

import (
	"fmt"
	"strconv"
	"strings"
)

// Keys names the customers and cards of a filled store by an index from 0 to
// Cards-1. Neighbours lie far apart in the space of phones and of numbers, so
// that what is issued later falls between them, as it does in real life.
type Keys struct{ Cards int }

const (
	phoneSpace  = 1_000_000_000  // nine digits after the 79 of Russian mobiles
	numberSpace = 10_000_000_000 // ten digits after the 29 of the default template
	// freshFactor has no factor in common with the number of odd phones, so that
	// a counter visits each of them once.
	freshFactor = 7_654_321
	// freshSpace is how many phones there are for new customers.
	freshSpace = phoneSpace / 2
)

// phoneStep is the distance between two phones; it is even, and odd phones are
// those of new customers.
func (k Keys) phoneStep() int { return phoneSpace / k.Cards &^ 1 }

// Phone of a customer.
func (k Keys) Phone(i int) string { return mobile(i * k.phoneStep()) }

// Number of a card.
func (k Keys) Number(i int) string { return EAN("29", i*(numberSpace/k.Cards)) }

// NumberOf is the card of the customer with a phone that Phone made, "" for another.
func (k Keys) NumberOf(phone string) string {
	digits, err := strconv.Atoi(strings.TrimPrefix(phone, "79"))
	if err != nil || digits%k.phoneStep() != 0 {
		return ""
	}
	return k.Number(digits / k.phoneStep())
}

// Email of a customer.
func (k Keys) Email(i int) string { return "customer" + strconv.Itoa(i) + "@example.com" }

// FreshPhone is the phone of nobody yet: each value of a counter has its own.
func FreshPhone(counter int) string { return mobile(2*(counter*freshFactor%freshSpace) + 1) }

func mobile(digits int) string { return fmt.Sprintf("79%09d", digits) }

// EAN is a prefix of two digits with ten digits and the check digit of EAN-13.
func EAN(prefix string, digits int) string {
	body := fmt.Sprintf("%s%010d", prefix, digits)
	sum := 0
	for i := range len(body) {
		weight := 1 + 2*(i%2) // 1, 3, 1, 3, … of twelve digits
		sum += weight * int(body[i]-'0')
	}
	return body + strconv.Itoa((10-sum%10)%10)
}
