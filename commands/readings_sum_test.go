package commands

import (
	"testing"

	"klaster/domain"
	"klaster/domain/calendar"
)

const one = 10_000

func TestAchieved(t *testing.T) {
	for _, c := range []struct {
		d             domain.Direction
		value, target domain.Quantity
		percent       string
		reached       bool
	}{
		{domain.Up, 75 * one, 100 * one, "75%", false},
		{domain.Up, 100 * one, 100 * one, "100%", true},
		{domain.Up, 99_999, 10 * one, "99%", false}, // never 100% of a target that is missed
		{domain.Up, 5 * one, 0, "", true},
		{domain.Up, 0, 10 * one, "", false},
		{domain.Up, -5 * one, 10 * one, "", false},
		{domain.Up, 500 * one, 10 * one, "", true},
		{domain.Down, 4 * one, 5 * one, "125%", true},
		{domain.Down, 10 * one, 5 * one, "50%", false},
		{domain.Down, 0, 5 * one, "", true},
		{domain.Down, 5 * one, 0, "", false},
		{domain.Up, 1 << 62, 1<<62 + 1, "99%", false},
	} {
		if percent, reached := achieved(c.d, c.value, c.target); percent != c.percent || reached != c.reached {
			t.Errorf("%s: %d of %d: %q %v", c.d, c.value, c.target, percent, reached)
		}
	}
}

func TestSum(t *testing.T) {
	reading := func(values ...domain.Quantity) *domain.Indicator {
		n := &domain.Indicator{Readings: map[calendar.Period]map[domain.ActorID]domain.Reading{"2026": {}}}
		for i, v := range values {
			n.Readings["2026"][domain.ActorID(rune('A'+i))] = domain.Reading{Value: v}
		}
		n.Readings["2026"]["none"] = domain.Reading{None: true, Value: 7 * one}
		return n
	}
	for _, c := range []struct {
		values []domain.Quantity
		kind   domain.UnitKind
		total  domain.Quantity
		mean   domain.Quantity
	}{
		{nil, domain.UnitMoney, 0, 0},
		{[]domain.Quantity{10 * one, 10 * one, 0}, domain.UnitMoney, 20 * one, 7 * one},
		{[]domain.Quantity{10 * one, 10 * one, 0}, domain.UnitNumber, 20 * one, 66_700},
		{[]domain.Quantity{10 * one, 10 * one, 0}, domain.UnitPercent, 20 * one, 67_000},
		{[]domain.Quantity{-10 * one, -10 * one, 0}, domain.UnitNumber, -20 * one, -66_700},
		{[]domain.Quantity{1<<63 - 1, 1<<63 - 1}, domain.UnitMoney, 1<<63 - 1, 1<<63 - 1},
		{[]domain.Quantity{-1 << 63, -1 << 63}, domain.UnitMoney, -1 << 63, -1 << 63},
	} {
		s := sumOf(reading(c.values...), "2026")
		if s.count != len(c.values) || s.total != c.total || s.mean(c.kind) != c.mean {
			t.Errorf("%v (%s): %d, %d, %d", c.values, c.kind, s.count, s.total, s.mean(c.kind))
		}
	}
}

func TestJumped(t *testing.T) {
	for _, c := range []struct {
		before, after domain.Quantity
		want          bool
	}{{10, 15, false}, {10, 16, true}, {10, 5, false}, {10, 4, true}, {0, 5, false}, {-10, -16, true}, {-1 << 63, 1<<63 - 1, true}} {
		if jumped(c.before, c.after) != c.want {
			t.Errorf("%d to %d", c.before, c.after)
		}
	}
}
