// Package tally counts. Every rule is exact integer arithmetic, so that anyone can check a result with pencil and
// paper; floating point appears in one display figure only. It knows ballots and groups as numbers, nothing else.
package tally

// Count is a ballot in numbers.
type Count struct {
	Electorate int
	Agree      int // with or without note
	Abstain    int
	Object     int
	Block      int
}

// Cast is the number of ballots, abstentions included.
func (c Count) Cast() int { return c.Agree + c.Abstain + c.Object + c.Block }

// Sides is the number of ballots that take a side.
func (c Count) Sides() int { return c.Agree + c.Object + c.Block }

// MoreThan says whether count is more than percent of n: "more than half" is MoreThan(count, 50, n).
func MoreThan(count, percent, n int) bool { return 100*count > percent*n }

// AtLeast says whether count is percent of n or more. 67 percent stands for the exact two thirds, because people say
// thirds and mean them.
func AtLeast(count, percent, n int) bool {
	if percent == 67 {
		return 3*count >= 2*n
	}
	return 100*count >= percent*n
}

// NeededMoreThan is the smallest count for which MoreThan holds.
func NeededMoreThan(percent, n int) int { return percent*n/100 + 1 }

// NeededAtLeast is the smallest count for which AtLeast holds.
func NeededAtLeast(percent, n int) int {
	if percent == 67 {
		return (2*n + 2) / 3
	}
	return (percent*n + 99) / 100
}
