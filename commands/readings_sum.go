package commands

import (
	"math"
	"math/big"
	"slices"

	"klaster/commands/phrase"
	"klaster/domain"
	"klaster/domain/calendar"
)

// sum is what the actors reported for one period, taken together.
type sum struct {
	count int
	total domain.Quantity
	whole *big.Int // the total without a bound
}

// sumOf adds the values of a period; those who said that there is none do not count.
func sumOf(n *domain.Indicator, p calendar.Period) sum {
	s := sum{whole: new(big.Int)}
	for _, r := range n.Readings[p] {
		if !r.None {
			s.count++
			s.whole.Add(s.whole, big.NewInt(int64(r.Value)))
		}
	}
	s.total = bounded(s.whole)
	return s
}

// sameReporters says whether the same actors gave a value for two periods: only then is a change a change, and not
// somebody more or less.
func sameReporters(n *domain.Indicator, p, q calendar.Period) bool {
	for id, r := range n.Readings[p] {
		other, ok := n.Readings[q][id]
		if !r.None && (!ok || other.None) {
			return false
		}
	}
	return sumOf(n, p).count == sumOf(n, q).count
}

// bounded keeps what does not fit at the largest quantity; no cluster's sum comes near it.
func bounded(n *big.Int) domain.Quantity {
	switch {
	case n.IsInt64():
		return domain.Quantity(n.Int64())
	case n.Sign() < 0:
		return math.MinInt64
	}
	return math.MaxInt64
}

// meanGrain is to what a mean is rounded, by kind: whole rupiah, hundredths, tenths of a percent.
var meanGrain = map[domain.UnitKind]int64{domain.UnitMoney: 10_000, domain.UnitNumber: 100, domain.UnitPercent: 1_000}

// mean is the average over those who reported, rounded half away from zero.
func (s sum) mean(kind domain.UnitKind) domain.Quantity {
	if s.count == 0 {
		return 0
	}
	grain := max(meanGrain[kind], 1)
	return bounded(new(big.Int).Mul(divided(s.whole, big.NewInt(int64(s.count)*grain)), big.NewInt(grain)))
}

// divided is a / b with b > 0, rounded half away from zero.
func divided(a, b *big.Int) *big.Int {
	double := new(big.Int).Mul(new(big.Int).Abs(a), big.NewInt(2))
	q := double.Add(double, b).Quo(double, new(big.Int).Mul(b, big.NewInt(2)))
	if a.Sign() < 0 {
		q.Neg(q)
	}
	return q
}

// measure is what is compared with target and baseline: the sum of the cluster, for percentages the mean.
func (s sum) measure(kind domain.UnitKind) domain.Quantity {
	if kind == domain.UnitPercent {
		return s.mean(kind)
	}
	return s.total
}

// achieved is the value as a share of the target ("93%"), inverse where lower is better; "" where a share means
// nothing. reached says whether the target is met.
func achieved(d domain.Direction, value, target domain.Quantity) (percent string, reached bool) {
	up := d == domain.Up
	reached = up && value >= target || !up && value <= target
	if value <= 0 || target <= 0 {
		return "", reached
	}
	a, b := big.NewInt(int64(value)), big.NewInt(int64(target))
	if !up {
		a, b = b, a
	}
	share := divided(a.Mul(a, big.NewInt(100)), b)
	if !reached && share.Cmp(big.NewInt(99)) > 0 {
		share = big.NewInt(99) // 100% is said of a target that is met
	}
	if share.Cmp(big.NewInt(999)) > 0 {
		return "", reached
	}
	return share.String() + "%", reached
}

// periodsOf lists the periods for which anything was reported, the newest first.
func periodsOf(n *domain.Indicator) []calendar.Period {
	var out []calendar.Period
	for p, readings := range n.Readings {
		if len(readings) > 0 {
			out = append(out, p)
		}
	}
	slices.Sort(out)
	slices.Reverse(out)
	return out
}

// amount writes a value in its unit.
func (v voice) amount(kind domain.UnitKind, unit domain.Text, q domain.Quantity) string {
	switch kind {
	case domain.UnitMoney:
		return phrase.FormatMoney(phrase.Quantity(q), v.lang)
	case domain.UnitPercent:
		return phrase.FormatPercent(phrase.Quantity(q), v.lang)
	}
	return phrase.FormatQuantity(phrase.Quantity(q), v.lang) + " " + shownText(v.lang, unit)
}
