package report

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// spread writes "0.91 (0.88..0.93)", or the value alone when there was one round.
func spread(s Spread, write func(float64) string) string {
	if s.Min == s.Max {
		return write(s.Median)
	}
	return write(s.Median) + " (" + write(s.Min) + ".." + write(s.Max) + ")"
}

// write gives the way in which values of a unit are written.
func (u Unit) write(value float64) string {
	switch u {
	case Ratio:
		return ratio(value)
	case Millis:
		return strconv.FormatFloat(value, 'f', 2, 64) + " ms"
	case Mebibytes:
		return strconv.FormatFloat(value, 'f', 0, 64) + " MiB"
	case PerSecond:
		return whole(value) + "/s"
	}
	return whole(value)
}

func ratio(value float64) string {
	if value >= 10 {
		return strconv.FormatFloat(value, 'f', 1, 64)
	}
	return strconv.FormatFloat(value, 'f', 2, 64)
}

// whole writes a number with spaces between thousands.
func whole(value float64) string {
	digits := strconv.FormatFloat(value, 'f', 0, 64)
	sign, digits := digits[:len(digits)-len(strings.TrimPrefix(digits, "-"))], strings.TrimPrefix(digits, "-")
	for at := len(digits) - 3; at > 0; at -= 3 {
		digits = digits[:at] + "\u202f" + digits[at:]
	}
	return sign + digits
}

func millis(d time.Duration) string {
	ms := float64(d) / float64(time.Millisecond)
	if ms < 10 {
		return strconv.FormatFloat(ms, 'f', 2, 64)
	}
	return strconv.FormatFloat(ms, 'f', 1, 64)
}

// String writes the goal as "≥ 0.85".
func (g Goal) String() string {
	if g.Relation == "" {
		return "reported"
	}
	return string(g.Relation) + " " + strconv.FormatFloat(g.Bound, 'f', -1, 64)
}

// in writes the goal with its unit.
func (g Goal) in(u Unit) string {
	switch {
	case g.Relation == "" || u == Ratio || u == Count:
		return g.String()
	case u == PerSecond:
		return fmt.Sprintf("%s %s/s", g.Relation, whole(g.Bound))
	}
	return g.String() + " " + string(u)
}

func engineName(engine string) string {
	switch engine {
	case "sqlite":
		return "SQLite"
	case "mariadb":
		return "MariaDB"
	}
	return engine
}

func cards(n int) string {
	if n == 0 {
		return "–"
	}
	return whole(float64(n))
}
