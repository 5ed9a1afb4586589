package phrase

import (
	"errors"
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func reasonOf(err error) Reason {
	var refused *Error
	if errors.As(err, &refused) {
		return refused.Reason
	}
	return ""
}

func TestParseAmount(t *testing.T) {
	const million, billion, trillion = 1_000_000 * One, 1_000_000_000 * One, 1_000_000_000_000 * One
	for _, tt := range []struct {
		text, lang string
		want       Quantity
		unit       string
	}{
		{"12 jt", "id", 12 * million, ""},
		{"12jt", "id", 12 * million, ""},
		{"12 Juta", "id", 12 * million, ""},
		{"12 juta rupiah", "id", 12 * million, "Rp"},
		{"1,5 M", "id", 1500 * million, ""},
		{"1,5 m", "id", 1500 * million, ""},
		{"1.5 M", "id", 1500 * million, ""},
		{"1.5 M", "en", 1_500_000 * One, ""},
		{"1.5m", "en", 1_500_000 * One, ""},
		{"1.5 bn", "en", 1500 * million, ""},
		{"2B", "en", 2 * billion, ""},
		{"1,5 miliar", "id", 1500 * million, ""},
		{"1,5 milyar", "en", 1500 * million, ""},
		{"2 T", "id", 2 * trillion, ""},
		{"Rp 2 t", "id", 2 * trillion, "Rp"},
		{"2 triliun", "id", 2 * trillion, ""},
		{"25rb", "id", 25_000 * One, ""},
		{"25 ribu", "id", 25_000 * One, ""},
		{"25 rb orang", "id", 25_000 * One, "orang"},
		{"25k", "en", 25_000 * One, ""},
		{"25K", "id", 25_000 * One, ""},
		{"5 ratus ribu", "id", 500_000 * One, ""},
		{"2 juta 500 ribu", "id", 2_500_000 * One, ""},
		{"Rp2 juta 500 ribu", "id", 2_500_000 * One, "Rp"},
		{"dua juta lima ratus ribu", "id", 2_500_000 * One, ""},
		{"sejuta", "id", million, ""},
		{"seribu orang", "id", 1000 * One, "orang"},
		{"Rp12.500.000", "id", 12_500_000 * One, "Rp"},
		{"rp. 12.500.000", "id", 12_500_000 * One, "Rp"},
		{"Rp 12.500.000,50", "id", 12_500_000*One + 5000, "Rp"},
		{"Rp12.500.000,-", "id", 12_500_000 * One, "Rp"},
		{"Rp5.000/kg", "id", 5000 * One, "Rp/kg"},
		{"Rp5.000 per kg", "id", 5000 * One, "Rp per kg"},
		{"IDR 12,500,000", "en", 12_500_000 * One, "Rp"},
		{"12 orang", "id", 12 * One, "orang"},
		{"12 orang.", "id", 12 * One, "orang"},
		{"12 tenaga kerja", "id", 12 * One, "tenaga kerja"},
		{"12 m2", "id", 12 * One, "m2"},
		{"12 m²", "id", 12 * One, "m²"},
		{"2 ton", "id", 2 * One, "ton"},
		{"12 kg/bulan", "id", 12 * One, "kg/bulan"},
		{"12 people", "en", 12 * One, "people"},
		{"7,5%", "id", 7*One + 5000, "%"},
		{"7.5%", "en", 7*One + 5000, "%"},
		{"7,5 persen", "id", 7*One + 5000, "%"},
		{"1.250.000,5", "id", 1_250_000*One + 5000, ""},
		{"1,250,000.5", "en", 1_250_000*One + 5000, ""},
		{"1,250,000.5", "id", 1_250_000*One + 5000, ""},
		{"1.250.000,5", "en", 1_250_000*One + 5000, ""},
		{"1,250,000", "id", 1_250_000 * One, ""},
		{"-5", "id", -5 * One, ""},
		{"−5", "id", -5 * One, ""},
		{"minus 5,25", "id", -5*One - 2500, ""},
		{"-Rp500", "id", -500 * One, "Rp"},
		{"Rp -500", "id", -500 * One, "Rp"},
		{"+5", "en", 5 * One, ""},
		{"1250000", "id", 1_250_000 * One, ""},
		{"nol", "id", 0, ""},
		{"Nihil", "id", 0, ""},
		{"zero", "en", 0, ""},
		{"0", "id", 0, ""},
		{"1.500", "id", 1500 * One, ""},
		{"1.500", "en", One + 5000, ""},
		{"1,500", "id", One + 5000, ""},
		{"1,500", "en", 1500 * One, ""},
		{"1.500 jt", "id", 1500 * million, ""},
		{"12.5", "id", 12*One + 5000, ""},
		{"0.125", "id", 1250, ""},
		{",5", "id", 5000, ""},
		{"1,23456 jt", "id", 1_234_560 * One, ""},
		{"0,0001", "id", 1, ""},
		{"1,50000", "id", One + 5000, ""},
		{"922.337.203.685.477,5807", "id", math.MaxInt64, ""},
		{"-922.337.203.685.477,5808", "id", math.MinInt64, ""},
		{" 12 jt ", "id", 12 * million, ""},
	} {
		got, err := ParseAmount(tt.text, tt.lang)
		if err != nil || got != (Amount{tt.want, tt.unit}) {
			t.Errorf("ParseAmount(%q, %s) = %+v, %v; want %d %q", tt.text, tt.lang, got, err, tt.want, tt.unit)
		}
		if q, err := ParseQuantity(tt.text, tt.lang); err != nil || q != tt.want {
			t.Errorf("ParseQuantity(%q, %s) = %d, %v", tt.text, tt.lang, q, err)
		}
	}
}

func TestParseAmountRefuses(t *testing.T) {
	for _, tt := range []struct {
		text, lang string
		want       Reason
	}{
		{"", "id", Empty},
		{" \u00a0 ", "id", Empty},
		{"omzet", "id", NotANumber},
		{"omzet 12 jt", "id", NotANumber},
		{"Rp", "id", NotANumber},
		{"$5,000", "en", NotANumber},
		{"-", "id", NotANumber},
		{"--5", "id", NotANumber},
		{".", "id", NotANumber},
		{"1.25.000", "id", NotANumber},
		{"30.11.2026", "id", NotANumber},
		{"1.250,000.5", "id", NotANumber},
		{"1,2,3", "en", NotANumber},
		{"12 juta ribu", "id", NotANumber},
		{"12 #", "id", NotANumber},
		{"12 jt-an", "id", NotANumber},
		{"12 \x00", "id", NotANumber},
		{"12 \xff", "id", NotANumber},
		{strings.Repeat("1", MaxText+1), "id", NotANumber},
		{"12 13", "id", Ambiguous},
		{"5-10", "id", Ambiguous},
		{"5 – 10 orang", "id", Ambiguous},
		{"1/2", "id", Ambiguous},
		{"9:30", "id", Ambiguous},
		{"12 orang 5 kg", "id", Ambiguous},
		{"12 orang lima", "id", Ambiguous},
		{"2 t", "id", Ambiguous},
		{"3 m/s", "id", Ambiguous},
		{"1e6", "en", Ambiguous},
		{"12x5", "en", Ambiguous},
		{"2 juta 500", "id", Ambiguous},
		{"500 ribu 2 juta", "id", Ambiguous},
		{"dua belas", "id", Ambiguous},
		{"dua setengah juta", "id", Ambiguous},
		{"dua puluh lima ribu", "id", Ambiguous},
		{"nol koma lima", "id", Ambiguous},
		{"1,23456", "id", TooPrecise},
		{"0.00001", "en", TooPrecise},
		{"0," + strings.Repeat("0", 30) + "1 jt", "id", TooPrecise},
		{"1000 T", "id", TooLarge},
		{"2 ribu triliun", "id", TooLarge},
		{"922.337.203.685.477,5808", "id", TooLarge},
		{"-922.337.203.685.477,5809", "id", TooLarge},
		{strings.Repeat("9", MaxText), "id", TooLarge},
	} {
		got, err := ParseAmount(tt.text, tt.lang)
		if reasonOf(err) != tt.want || got != (Amount{}) {
			t.Errorf("ParseAmount(%q, %s) = %+v, %v; want %s", tt.text, tt.lang, got, err, tt.want)
		}
	}
}

func TestFormatAmounts(t *testing.T) {
	for _, tt := range []struct {
		q                          Quantity
		number, money, percent     string
		numberEn, moneyEn, percEng string
	}{
		{12_000_000 * One, "12.000.000", "Rp12.000.000", "12.000.000%", "12,000,000", "Rp12,000,000", "12,000,000%"},
		{1_250_000*One + 5000, "1.250.000,5", "Rp1.250.000,50", "1.250.000,5%", "1,250,000.5", "Rp1,250,000.50", "1,250,000.5%"},
		{7*One + 5000, "7,5", "Rp7,50", "7,5%", "7.5", "Rp7.50", "7.5%"},
		{-999 * One, "-999", "-Rp999", "-999%", "-999", "-Rp999", "-999%"},
		{1, "0,0001", "Rp0,0001", "0,0001%", "0.0001", "Rp0.0001", "0.0001%"},
		{0, "0", "Rp0", "0%", "0", "Rp0", "0%"},
		{math.MinInt64, "-922.337.203.685.477,5808", "-Rp922.337.203.685.477,5808", "-922.337.203.685.477,5808%",
			"-922,337,203,685,477.5808", "-Rp922,337,203,685,477.5808", "-922,337,203,685,477.5808%"},
	} {
		got := []string{FormatQuantity(tt.q, "id"), FormatMoney(tt.q, "id"), FormatPercent(tt.q, "id"),
			FormatQuantity(tt.q, "en"), FormatMoney(tt.q, "en"), FormatPercent(tt.q, "en")}
		for i, want := range []string{tt.number, tt.money, tt.percent, tt.numberEn, tt.moneyEn, tt.percEng} {
			if got[i] != want {
				t.Errorf("%d: got %s, want %s", tt.q, got[i], want)
			}
		}
	}
}

func TestChange(t *testing.T) {
	for _, tt := range []struct {
		before, after Quantity
		lang          string
		direction     Direction
		text          string
	}{
		{12_000_000 * One, 13_500_000 * One, "id", Up, "12,5%"},
		{12_000_000 * One, 13_500_000 * One, "en", Up, "12.5%"},
		{200 * One, 100 * One, "id", Down, "50%"},
		{3 * One, 4 * One, "id", Up, "33,3%"},
		{3 * One, 5 * One, "id", Up, "66,7%"},
		{5 * One, 5 * One, "id", Level, "0%"},
		{0, 5 * One, "id", Up, ""},
		{0, 0, "id", Level, ""},
		{100_000 * One, 100_001 * One, "id", Up, "<0,1%"},
		{-10 * One, -5 * One, "id", Up, "50%"},
		{math.MinInt64, math.MaxInt64, "id", Up, "200%"},
		{1, math.MaxInt64, "en", Up, "922,337,203,685,477,580,600%"},
	} {
		direction, text := Change(tt.before, tt.after, tt.lang)
		if direction != tt.direction || text != tt.text {
			t.Errorf("Change(%d, %d) = %d %q, want %d %q", tt.before, tt.after, direction, text, tt.direction, tt.text)
		}
	}
}

func TestQuantityRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		q := Quantity(rapid.Int64().Draw(t, "q"))
		if rapid.Bool().Draw(t, "whole") {
			q = q / One * One
		}
		lang := rapid.SampledFrom([]string{"id", "en"}).Draw(t, "lang")
		for text, unit := range map[string]string{
			FormatQuantity(q, lang): "", FormatMoney(q, lang): "Rp", FormatPercent(q, lang): "%",
		} {
			// a lone group of three decimals in the language's own form is read back exactly
			if got, err := ParseAmount(text, lang); err != nil || got != (Amount{q, unit}) {
				t.Fatalf("%d -> %s -> %+v, %v", q, text, got, err)
			}
		}
	})
}

func FuzzParseQuantity(f *testing.F) {
	for _, text := range []string{"12 jt", "1,5 M", "Rp12.500.000,-", "7,5%", "-Rp 2 juta 500 ribu", "1.250,000.5", "seratus ribu", "12 m²", "5-10", "922.337.203.685.477,5808"} {
		f.Add(text, true)
		f.Add(text, false)
	}
	f.Fuzz(func(t *testing.T, text string, english bool) {
		lang := map[bool]string{false: "id", true: English}[english]
		amount, err := ParseAmount(text, lang)
		if err != nil {
			if reasonOf(err) == "" {
				t.Fatalf("%q: untyped %v", text, err)
			}
			return
		}
		if again, err := ParseQuantity(FormatQuantity(amount.Value, lang), lang); err != nil || again != amount.Value {
			t.Fatalf("%q -> %d -> %d, %v", text, amount.Value, again, err)
		}
	})
}
