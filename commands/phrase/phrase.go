// Package phrase reads numbers, dates and schedules as people write them in
// Indonesian and English, and writes them back. It is pure: the present and the
// zone are parameters. Words of both languages are understood whatever the
// language asked for; the language decides how separators are read (1.500 is
// fifteen hundred in Indonesian and one and a half in English), what `M` means,
// and how results are written.
package phrase

// English is the language code with its own rules; every other code is treated
// as Indonesian, the language of the house.
const English = "en"

// MaxText is the longest text looked at, in bytes; longer is refused unread.
const MaxText = 200

// Reason says why a text is refused, so that the caller can word it.
type Reason string

const (
	Empty     Reason = "empty"
	Ambiguous Reason = "ambiguous" // several readings or several values: 2 t, 5-10, "12 malam"

	NotANumber Reason = "not_a_number"
	TooLarge   Reason = "too_large"
	TooPrecise Reason = "too_precise" // more than four decimals

	NotADate        Reason = "not_a_date"
	Impossible      Reason = "impossible"       // 31 April, 25.00
	WeekdayMismatch Reason = "weekday_mismatch" // "Senin 4 Des" when that is a Friday
	OtherZone       Reason = "other_zone"       // "17.00 WIT" in a cluster that keeps WIB

	NotAPeriod Reason = "not_a_period"
)

// Error is a text that was refused. It carries nothing that a person typed.
type Error struct{ Reason Reason }

func (e *Error) Error() string { return "cannot be read: " + string(e.Reason) }

func refuse(r Reason) error { return &Error{r} }
