package engine

import "time"

var (
	// moscowZone has no daylight saving time and needs no zone database.
	moscowZone = time.FixedZone("MSK", 3*60*60)
	// noonUTC is the moment at which tests begin.
	noonUTC = time.Date(2026, 9, 7, 12, 0, 0, 0, time.UTC)
)
