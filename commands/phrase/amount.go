package phrase

import (
	"math/big"
	"strings"
	"unicode"
	"unicode/utf8"
)

// scales are powers of ten by word. The single letters are the language's: see
// scale.
var scales = map[string]int{
	"puluh": 1,
	"ratus": 2, "hundred": 2,
	"k": 3, "rb": 3, "rbu": 3, "ribu": 3, "thousand": 3,
	"jt": 6, "jta": 6, "juta": 6, "mio": 6, "mn": 6, "mln": 6, "million": 6,
	"mlr": 9, "miliar": 9, "milyar": 9, "miliard": 9, "bn": 9, "billion": 9,
	"tn": 12, "triliun": 12, "trilyun": 12, "trillion": 12, "t": 12,
}

// letterScales are the single letters whose meaning depends on the language.
var letterScales = map[bool]map[string]int{
	false: {"m": 9},
	true:  {"m": 6, "b": 9},
}

// numberWords are the numbers people rather spell. Longer spelled numbers are
// refused, not half understood.
var numberWords = map[string]string{
	"nol": "0", "zero": "0", "nihil": "0",
	"satu": "1", "dua": "2", "tiga": "3", "empat": "4", "lima": "5",
	"enam": "6", "tujuh": "7", "delapan": "8", "sembilan": "9", "sepuluh": "10",
	"one": "1", "two": "2", "three": "3", "four": "4", "five": "5",
	"six": "6", "seven": "7", "eight": "8", "nine": "9", "ten": "10",
	"seratus": "1 ratus", "seribu": "1 ribu", "sejuta": "1 juta", "semiliar": "1 miliar", "setriliun": "1 triliun",
}

// notUnits make a number longer than it looks: "dua belas", "2 setengah juta".
var notUnits = map[string]bool{"belas": true, "setengah": true, "half": true, "and": true, "dan": true, "koma": true, "point": true}

var signWords = []struct {
	text     string
	negative bool
}{{"-", true}, {"+", false}, {"minus", true}, {"negatif", true}, {"negative", true}}

var currencyWords = []string{"rp.", "rp", "idr"}

// unitNames are units with one spelling each, whatever was typed.
var unitNames = map[string]string{
	"%": "%", "persen": "%", "percent": "%", "pct": "%",
	"rp": "Rp", "rupiah": "Rp", "idr": "Rp",
}

// amountReader eats a text from the left.
type amountReader struct {
	rest     string
	english  bool
	negative bool
	currency bool
}

func (r *amountReader) read() (Amount, error) {
	r.prefixes()
	total, err := r.number()
	if err != nil {
		return Amount{}, err
	}
	unit, err := r.unit()
	if err != nil {
		return Amount{}, err
	}
	if r.negative {
		total.Neg(total)
	}
	whole, remainder := new(big.Int).QuoRem(total, big.NewInt(fine), new(big.Int))
	switch {
	case !whole.IsInt64():
		return Amount{}, refuse(TooLarge)
	case remainder.Sign() != 0:
		return Amount{}, refuse(TooPrecise)
	}
	return Amount{Quantity(whole.Int64()), unit}, nil
}

// prefixes takes a sign and a currency, each once, in either order.
func (r *amountReader) prefixes() {
	signed := false
	for again := true; again; {
		again = false
		for _, sign := range signWords {
			if !signed && r.take(sign.text) {
				r.negative, signed, again = sign.negative, true, true
			}
		}
		for _, word := range currencyWords {
			if !r.currency && r.take(word) {
				r.currency, again = true, true
			}
		}
	}
}

// take eats a word in any case if it is not just the beginning of a longer one.
func (r *amountReader) take(word string) bool {
	if len(r.rest) < len(word) || !strings.EqualFold(r.rest[:len(word)], word) {
		return false
	}
	after := r.rest[len(word):]
	if next, _ := utf8.DecodeRuneInString(after); unicode.IsLetter(next) && word != "-" && word != "+" {
		return false
	}
	r.rest = strings.TrimLeft(after, " ")
	return true
}

// fine is how much finer than a Quantity the sum is kept, so that lost decimals
// are noticed: maxDecimals places in all.
const (
	maxDecimals = 16
	fine        = 1_000_000_000_000 // 10^(maxDecimals-quantityDecimals)
)

// number reads "1,5 M" or a falling sequence "2 juta 500 ribu", in units of
// 10^-maxDecimals.
func (r *amountReader) number() (*big.Int, error) {
	total := new(big.Int)
	ceiling := (*big.Int)(nil) // the scale of the part before: the next must be smaller
	for part := 0; ; part++ {
		mantissa, decimals, err := r.mantissa()
		if err != nil {
			return nil, err
		}
		power, scaled, err := r.power()
		if err != nil {
			return nil, err
		}
		shift := maxDecimals + power - decimals
		if shift < 0 {
			return nil, refuse(TooPrecise)
		}
		value := mantissa.Mul(mantissa, tenTo(shift))
		if part > 0 && (!scaled || value.Cmp(ceiling) >= 0) {
			return nil, refuse(Ambiguous)
		}
		total.Add(total, value)
		if !scaled || !r.startsNumber() {
			return total, nil
		}
		ceiling = tenTo(maxDecimals + power)
	}
}

func tenTo(n int) *big.Int { return new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(n)), nil) }

func (r *amountReader) startsNumber() bool {
	if r.rest == "" {
		return false
	}
	_, spelled := numberWords[strings.ToLower(r.word())]
	return spelled || isDigit(r.rest[0])
}

// mantissa reads figures, or a spelled number.
func (r *amountReader) mantissa() (n *big.Int, decimals int, err error) {
	if word := r.word(); word != "" {
		spelled, ok := numberWords[strings.ToLower(word)]
		if !ok {
			return nil, 0, refuse(NotANumber)
		}
		// "seribu" goes back as "1 ribu", so that the scale is read as usual.
		r.rest = strings.TrimLeft(spelled+" "+strings.TrimLeft(r.rest[len(word):], " "), " ")
	}
	end := strings.IndexFunc(r.rest, func(c rune) bool { return !strings.ContainsRune("0123456789.,", c) })
	if end < 0 {
		end = len(r.rest)
	}
	figures, rest := r.rest[:end], r.rest[end:]
	if trimmed := strings.TrimRight(figures, ".,"); trimmed != figures {
		// "Rp12.500.000,-" is how whole rupiah end on receipts; a full stop ends a sentence.
		figures, rest = trimmed, strings.TrimPrefix(rest, "-")
	}
	r.rest = strings.TrimLeft(rest, " ")
	digits, decimals, ok := separate(figures, r.english)
	if !ok {
		return nil, 0, refuse(NotANumber)
	}
	n, ok = new(big.Int).SetString(digits, 10)
	if !ok {
		return nil, 0, refuse(NotANumber)
	}
	return n, decimals, nil
}

// separate takes the separators out of figures, by the rule that ParseAmount
// states, and counts the decimals.
func separate(figures string, english bool) (digits string, decimals int, ok bool) {
	group, point := ".", ","
	if english {
		group, point = ",", "."
	}
	dots, commas := strings.Count(figures, "."), strings.Count(figures, ",")
	switch {
	case dots+commas == 0:
		return figures, 0, figures != ""
	case dots > 0 && commas > 0:
		group, point = ".", ","
		if strings.LastIndex(figures, ".") > strings.LastIndex(figures, ",") {
			group, point = ",", "."
		}
	case dots+commas > 1:
		group, point = figures[strings.IndexAny(figures, ".,"):][:1], ""
	case strings.Contains(figures, group) && !grouped(figures, group):
		group, point = point, group
	}
	whole, fraction := figures, ""
	if point != "" {
		whole, fraction, _ = strings.Cut(figures, point)
	}
	if strings.Contains(whole, group) && !grouped(whole, group) || strings.ContainsAny(fraction, ".,") {
		return "", 0, false
	}
	return strings.ReplaceAll(whole, group, "") + fraction, len(fraction), true
}

// grouped reports whether figures are properly cut into thousands.
func grouped(figures, group string) bool {
	parts := strings.Split(figures, group)
	if first := parts[0]; first == "" || len(first) > 3 || first[0] == '0' {
		return false
	}
	for _, part := range parts[1:] {
		if len(part) != 3 {
			return false
		}
	}
	return true
}

// power reads scale words and adds up their powers; in a pair the larger comes
// last ("ratus ribu", "ribu triliun").
func (r *amountReader) power() (power int, scaled bool, err error) {
	for last := 0; ; {
		word := r.word()
		p, ok := r.scale(word)
		if !ok {
			return power, scaled, nil
		}
		after := r.rest[len(word):]
		doubtful := word == "t" || word == "m" && strings.HasPrefix(after, "/") // ton, metre per second
		if doubtful && !r.currency {
			return 0, false, refuse(Ambiguous)
		}
		if p <= last {
			return 0, false, refuse(NotANumber)
		}
		power, last, scaled = power+p, p, true
		r.rest = strings.TrimLeft(after, ". ")
	}
}

func (r *amountReader) scale(word string) (int, bool) {
	word = strings.ToLower(word)
	if p, ok := letterScales[r.english][word]; ok {
		return p, true
	}
	p, ok := scales[word]
	return p, ok
}

// word is the run of letters at the front; "" where a digit follows at once, as
// in m2, which is a unit.
func (r *amountReader) word() string {
	end := strings.IndexFunc(r.rest, func(c rune) bool { return !unicode.IsLetter(c) })
	switch {
	case end < 0:
		return r.rest
	case isDigit(r.rest[end]) || strings.HasPrefix(r.rest[end:], "²") || strings.HasPrefix(r.rest[end:], "³"):
		return ""
	}
	return r.rest[:end]
}

func isDigit(b byte) bool { return '0' <= b && b <= '9' }

// unit is what is left, unless that holds more of a number.
func (r *amountReader) unit() (string, error) {
	rest := strings.TrimRight(r.rest, " .,;!")
	if rest == "" {
		if r.currency {
			return "Rp", nil
		}
		return "", nil
	}
	before := ' '
	for i, c := range rest {
		switch {
		case !unicode.IsGraphic(c):
			return "", refuse(NotANumber)
		case c < utf8.RuneSelf && isDigit(byte(c)) && !unicode.IsLetter(before) && !unicode.IsDigit(before),
			i == 1 && c < utf8.RuneSelf && isDigit(byte(c)) && strings.ContainsRune("eExX", before): // 1e6, 12x5
			return "", refuse(Ambiguous)
		}
		before = c
	}
	if first, _ := utf8.DecodeRuneInString(rest); !unicode.IsLetter(first) && !strings.ContainsRune("%/°", first) {
		return "", refuse(NotANumber)
	}
	for word := range strings.FieldsSeq(strings.ToLower(rest)) {
		_, spelled := numberWords[word]
		if _, scale := scales[word]; spelled || scale && len(word) > 2 || notUnits[word] {
			return "", refuse(Ambiguous)
		}
	}
	word, more, _ := strings.Cut(rest, " ")
	if name, known := unitNames[strings.ToLower(word)]; known {
		rest = strings.TrimRight(name+" "+more, " ")
	}
	switch {
	case !r.currency || strings.HasPrefix(rest, "Rp"):
		return rest, nil
	case rest[0] == '/':
		return "Rp" + rest, nil
	}
	return "Rp " + rest, nil
}

// clean gives every kind of space and minus its plain form.
func clean(text string) string {
	text = strings.Map(func(c rune) rune {
		switch c {
		case '−', '–', '—':
			return '-'
		case '‘', '’', '`':
			return '\''
		case '\u200b', '\u200e', '\u200f', '\u2060', '\ufeff':
			return -1
		}
		return c
	}, text)
	return strings.Join(strings.Fields(text), " ")
}
