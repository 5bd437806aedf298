package crm

import "time"

// Date is a calendar day written YYYY-MM-DD, so that days compare as strings.
// The empty Date means "not known".
type Date string

const dateLayout = "2006-01-02"

// ParseDate reads YYYY-MM-DD; impossible days and years outside 1900 to 2999
// give ErrInvalidDate.
func ParseDate(text string) (Date, error) {
	day, err := time.Parse(dateLayout, text)
	if err != nil || day.Year() < 1900 || day.Year() > 2999 {
		return "", Fail(ErrInvalidDate, "not a day of the form YYYY-MM-DD")
	}
	return Date(text), nil
}

// DateOf is the day on which t falls in a time zone.
func DateOf(t time.Time, zone *time.Location) Date {
	return Date(t.In(zone).Format(dateLayout))
}

// End is the first moment after the day in a time zone.
func (d Date) End(zone *time.Location) time.Time {
	day, err := time.ParseInLocation(dateLayout, string(d), zone)
	if err != nil {
		return time.Time{}
	}
	return day.AddDate(0, 0, 1)
}
