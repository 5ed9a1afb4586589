package domain

import (
	"slices"

	"klaster/domain/calendar"
)

// Point is one value of a series.
type Point struct {
	Period calendar.Period
	Reading
}

// Series lists what an actor reported for an indicator, by period, gaps that were explained included.
func (s *State) Series(n *Indicator, actor ActorID) []Point {
	var out []Point
	for period, readings := range n.Readings {
		if r, ok := readings[actor]; ok {
			out = append(out, Point{period, r})
		}
	}
	slices.SortFunc(out, func(a, b Point) int {
		switch {
		case a.Period < b.Period: // periods of one frequency sort as text
			return -1
		case a.Period > b.Period:
			return 1
		}
		return 0
	})
	return out
}

// Latest finds the actor's last value before a period; an empty period means the last value of all.
func (s *State) Latest(n *Indicator, actor ActorID, before calendar.Period) (Point, bool) {
	var latest Point
	found := false
	for period, readings := range n.Readings {
		r, ok := readings[actor]
		if !ok || r.None || before != "" && period >= before || found && period < latest.Period {
			continue
		}
		latest, found = Point{period, r}, true
	}
	return latest, found
}
