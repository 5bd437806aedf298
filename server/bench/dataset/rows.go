package dataset

import (
	"encoding/binary"
	"fmt"
	"time"

	"github.com/oklog/ulid/v2"
)

// issued is when the dataset was made; a fixed moment, so that two fills are equal.
var issued = time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)

// expiry is when the dataset's points go: a day that every run comes before.
var expiry = time.Date(2099, 12, 31, 21, 0, 0, 0, time.UTC)

// table is a part of the dataset: so many rows, each by its index.
type table struct {
	name    string
	columns []string
	rows    int
	row     func(i int) []any
}

// tables are in an order that foreign keys allow.
func tables(k Keys) []table {
	return []table{customers(k), cardRows(k), postings(k), lots(k), purchases(k)}
}

// id is the ULID of a row: unique, and growing with the index.
func id(i int) string {
	var u ulid.ULID
	if err := u.SetTime(ulid.Timestamp(issued.Add(time.Duration(i) * time.Millisecond))); err != nil {
		panic(err) // a date of this century
	}
	binary.BigEndian.PutUint64(u[8:], uint64(i))
	return u.String()
}

// balance of a card, in points.
func balance(i int) int64 { return int64(100 + i%900) }

var (
	surnames   = []string{"Ivanova", "Petrov", "Sidorova", "Kuznetsov", "Smirnova", "Орлов", "Лебедева"}
	firstnames = []string{"Anna", "Ivan", "Maria", "Dmitry", "Елена", "Сергей"}
	localities = []string{"Moscow", "Kazan", "Тверь", "Омск", "Perm"}
)

func customers(k Keys) table {
	return table{
		name: "customer",
		columns: []string{"id", "phone", "email", "surname", "firstname", "patronymic", "sex", "birth_date",
			"country_code", "locality", "created_at", "updated_at"},
		rows: k.Cards,
		row: func(i int) []any {
			born := fmt.Sprintf("%04d-%02d-%02d", 1950+i%55, 1+i%12, 1+i%28)
			return []any{id(i), k.Phone(i), k.Email(i), surnames[i%len(surnames)], firstnames[i%len(firstnames)], "",
				"mf"[i%2 : i%2+1], born, "RU", localities[i%len(localities)], issued.UnixMilli(), issued.UnixMilli()}
		},
	}
}

func cardRows(k Keys) table {
	return table{
		name: "card",
		columns: []string{"number", "barcode_number", "barcode_type", "state", "customer_id", "balance", "earned_total",
			"issued_at", "updated_at"},
		rows: k.Cards,
		row: func(i int) []any {
			number := k.Number(i)
			return []any{number, number, "EAN_13", "active", id(i), balance(i), balance(i),
				issued.UnixMilli(), issued.UnixMilli()}
		},
	}
}

func postings(k Keys) table {
	return table{
		name:    "posting",
		columns: []string{"id", "card_number", "kind", "points", "op_key", "description", "at"},
		rows:    k.Cards,
		row: func(i int) []any {
			number := k.Number(i)
			return []any{id(i), number, "grant", balance(i), "import:" + number, "Opening balance", issued.UnixMilli()}
		},
	}
}

func lots(k Keys) table {
	return table{
		name: "lot",
		columns: []string{"id", "card_number", "points", "remaining", "is_open", "description", "available_from",
			"valid_until"},
		rows: k.Cards,
		row: func(i int) []any {
			return []any{id(i), k.Number(i), balance(i), balance(i), 1, "Opening balance", issued.UnixMilli(), expiry.UnixMilli()}
		},
	}
}

// purchases are two lines for every second card.
func purchases(k Keys) table {
	return table{
		name: "purchase",
		columns: []string{"card_number", "ref", "day", "item", "amount_kopecks", "quantity_milli", "location",
			"bonus_points"},
		rows: k.Cards / 2 * 2,
		row: func(i int) []any {
			day := fmt.Sprintf("2026-%02d-%02d", 1+i%6, 1+i%28)
			return []any{k.Number(i / 2 * 2), fmt.Sprintf("till-7-%d", i%2), day, "Milk 3.2 %, 1 l",
				int64(9990 + i%100), int64(1000), "Shop on the square", int64(1)}
		},
	}
}
