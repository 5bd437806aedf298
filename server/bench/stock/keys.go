package stock

import (
	"fmt"
	"strconv"
)

// Keys names the customers and cards of a filled store by an index from 0 to
// Cards-1. Neighbours lie far apart in the space of phones and of numbers, so
// that what is issued later falls between them, as it does in real life.
type Keys struct{ Cards int }

const (
	phoneSpace  = 1_000_000_000  // nine digits after the 79 of Russian mobiles
	numberSpace = 10_000_000_000 // ten digits after the 29 of the default template
)

// PhoneStep is the distance between two phones; it is even, and odd phones are
// those of new customers.
func (k Keys) PhoneStep() int { return phoneSpace / k.Cards &^ 1 }

// NumberStep is the distance between two numbers, without their check digits.
func (k Keys) NumberStep() int { return numberSpace / k.Cards }

// Phone of a customer.
func (k Keys) Phone(i int) string { return mobile(i * k.PhoneStep()) }

// Number of a card.
func (k Keys) Number(i int) string { return ean("29", i*k.NumberStep()) }

// Email of a customer.
func (k Keys) Email(i int) string { return "customer" + strconv.Itoa(i) + "@example.com" }

// freshFactor has no factor in common with the number of odd phones, so that a
// counter visits each of them once.
const freshFactor = 7_654_321

// FreshFactor and FreshSpace tell other generators how FreshPhone counts.
const (
	FreshFactor = freshFactor
	FreshSpace  = phoneSpace / 2
)

// FreshPhone is the phone of nobody yet: each value of a counter has its own.
func FreshPhone(counter int) string { return mobile(2*(counter*freshFactor%FreshSpace) + 1) }

// PoolNumber is a free number of the pool.
func PoolNumber(i int) string { return ean("28", i) }

func mobile(digits int) string { return fmt.Sprintf("79%09d", digits) }

// ean is a prefix with ten digits and the check digit of EAN-13.
func ean(prefix string, digits int) string {
	body := fmt.Sprintf("%s%010d", prefix, digits)
	sum := 0
	for i := range len(body) {
		weight := 1 + 2*(i%2) // 1, 3, 1, 3, … of twelve digits
		sum += weight * int(body[i]-'0')
	}
	return body + strconv.Itoa((10-sum%10)%10)
}
