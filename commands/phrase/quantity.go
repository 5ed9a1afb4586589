package phrase

import (
	"math/big"
	"strings"
)

// Quantity is an exact decimal number in ten-thousandths: 7,5 is 75 000. It
// holds ±922 trillion (9.22e14); what does not fit is refused, never rounded.
type Quantity int64

// One is the number one as a Quantity.
const One Quantity = 10_000

// quantityDecimals is how many decimals a Quantity keeps.
const quantityDecimals = 4

// Amount is a number with the unit word that stood beside it.
type Amount struct {
	Value Quantity
	Unit  string // "Rp", "%", or as typed: "orang", "kg/bulan"; "" when there was none
}

// ParseQuantity is ParseAmount without the unit.
func ParseQuantity(text, lang string) (Quantity, error) {
	amount, err := ParseAmount(text, lang)
	return amount.Value, err
}

// ParseAmount reads one number: 12 jt, 1,5 M, Rp12.500.000, 12 orang, 7,5%.
//
// When both separators occur, the last is the decimal one. A separator that
// occurs alone and once is the language's: in Indonesian 1.500 is 1500 and
// 1,500 is one and a half, in English the other way round; only where thousands
// are impossible (1.5, 0.125) is it taken for a decimal in both. M is miliar
// (10^9) in Indonesian and million in English. A small `t` without a currency
// is refused as Ambiguous: it may be ton.
//
// Errors are *Error: Empty, NotANumber, TooLarge, TooPrecise, Ambiguous.
func ParseAmount(text, lang string) (Amount, error) {
	if strings.TrimSpace(text) == "" {
		return Amount{}, refuse(Empty)
	}
	if len(text) > MaxText {
		return Amount{}, refuse(NotANumber)
	}
	r := amountReader{rest: clean(text), english: lang == English}
	return r.read()
}

// Direction is how the later of two quantities compares with the earlier.
type Direction int

const (
	Down Direction = iota - 1
	Level
	Up
)

// Change compares two readings. The percentage is of the size of the earlier
// one, without a sign, rounded to one decimal; a change too small to show reads
// `<0,1%`. It is "" when the earlier reading is zero: no percentage exists. The
// words (naik, turun, tetap) belong to the catalogue.
func Change(before, after Quantity, lang string) (Direction, string) {
	from, to := big.NewInt(int64(before)), big.NewInt(int64(after))
	difference := new(big.Int).Sub(to, from)
	direction := Direction(difference.Sign())
	if before == 0 {
		return direction, ""
	}
	// Tenths of a percent are 1000 x difference / base; doubling both and adding
	// the base rounds halves away from zero.
	base, doubled := from.Abs(from), new(big.Int).Mul(difference.Abs(difference), big.NewInt(2*1000))
	tenths := new(big.Int).Quo(doubled.Add(doubled, base), new(big.Int).Mul(base, big.NewInt(2)))
	if direction != Level && tenths.Sign() == 0 {
		return direction, "<" + decimal(big.NewInt(1), 1, 0, lang) + "%"
	}
	return direction, decimal(tenths, 1, 0, lang) + "%"
}

// FormatQuantity writes 1.250.000,5 or 1,250,000.5, with the decimals it has.
func FormatQuantity(q Quantity, lang string) string {
	return decimal(big.NewInt(int64(q)), quantityDecimals, 0, lang)
}

// FormatMoney writes rupiah: Rp12.500.000 or Rp12,500,000; a fraction is shown
// with two decimals at least.
func FormatMoney(q Quantity, lang string) string {
	number := decimal(big.NewInt(int64(q)), quantityDecimals, 2, lang)
	if after, negative := strings.CutPrefix(number, "-"); negative {
		return "-Rp" + after
	}
	return "Rp" + number
}

// FormatPercent writes a quantity that counts percent: 7,5 is 7,5%.
func FormatPercent(q Quantity, lang string) string { return FormatQuantity(q, lang) + "%" }

// decimal writes n / 10^places, without trailing zeros except that a fraction
// has at least atLeast digits.
func decimal(n *big.Int, places, atLeast int, lang string) string {
	group, point := ".", ","
	if lang == English {
		group, point = ",", "."
	}
	digits := new(big.Int).Abs(n).String()
	if missing := places + 1 - len(digits); missing > 0 {
		digits = strings.Repeat("0", missing) + digits
	}
	whole, fraction := digits[:len(digits)-places], strings.TrimRight(digits[len(digits)-places:], "0")

	var b strings.Builder
	if n.Sign() < 0 {
		b.WriteByte('-')
	}
	for i, digit := range whole {
		if i > 0 && (len(whole)-i)%3 == 0 {
			b.WriteString(group)
		}
		b.WriteRune(digit)
	}
	if fraction != "" {
		b.WriteString(point + fraction + strings.Repeat("0", max(0, atLeast-len(fraction))))
	}
	return b.String()
}
