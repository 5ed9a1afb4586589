package tally

import (
	"math/big"
	"sort"
)

// Criteria says what options are scored by.
type Criteria struct {
	Count int   // scores per ballot
	Top   int   // the best score
	Ties  []int // criteria compared one after the other when means are equal; empty: the share of top scores decides
}

// USG is urgency, seriousness, growth, 1 to 5 each; ties go by S, then U, then G.
func USG() Criteria { return Criteria{Count: 3, Top: 5, Ties: []int{1, 0, 2}} }

// Plain is one score, 1 to 5; ties go by the share of fives.
func Plain() Criteria { return Criteria{Count: 1, Top: 5} }

// Scored is one actor's complete ballot on one option.
type Scored struct {
	Scores []uint8
	Roles  uint8 // one bit per role group; the actor counts in each of its roles
}

// Ranked is one option's result. Sums are exact: the mean is Sum / (criteria * Voters).
type Ranked struct {
	Option      int // index in the input
	Rank        int // 1, 2, 2, 4; 0: too few scores
	Voters      int
	Totals      []int // per criterion
	Sum         int   // of Totals
	Tops        int   // how often the best score was given
	Spread      int   // highest minus lowest ballot sum
	RoleMean    *big.Rat
	RolesDiffer bool
}

// Enough is the number of scores an option needs to be ranked: a third of the electorate, rounded up, three at least,
// and everybody where there are fewer than three.
func Enough(electorate int) int {
	return min(electorate, max(3, (electorate+2)/3))
}

// Rank orders options by their mean score, best first and those with too few scores last, in the order given.
// Options with equal means and equal ties share a rank. RolesDiffer marks a gap of two ranks or more between this
// order and the one by the mean of role means, in which every role weighs the same.
func Rank(c Criteria, electorate int, options [][]Scored) []Ranked {
	need := Enough(electorate)
	var ranked, few []Ranked
	for i, ballots := range options {
		r := add(c, i, ballots)
		if r.Voters == 0 || r.Voters < need {
			few = append(few, r)
		} else {
			ranked = append(ranked, r)
		}
	}
	byRole := append([]Ranked(nil), ranked...)
	place(byRole, func(a, b Ranked) int {
		if order := b.RoleMean.Cmp(a.RoleMean); order != 0 {
			return order
		}
		return c.ties(a, b)
	})
	place(ranked, func(a, b Ranked) int {
		if order := higher(a.Sum, a.Voters, b.Sum, b.Voters); order != 0 {
			return order
		}
		return c.ties(a, b)
	})
	other := make(map[int]int, len(byRole))
	for _, r := range byRole {
		other[r.Option] = r.Rank
	}
	for i := range ranked {
		gap := ranked[i].Rank - other[ranked[i].Option]
		ranked[i].RolesDiffer = gap >= 2 || gap <= -2
	}
	return append(ranked, few...)
}

// place sorts and gives competition ranks: 1, 2, 2, 4.
func place(options []Ranked, compare func(a, b Ranked) int) {
	sort.SliceStable(options, func(i, j int) bool { return compare(options[i], options[j]) < 0 })
	for i := range options {
		options[i].Rank = i + 1
		if i > 0 && compare(options[i-1], options[i]) == 0 {
			options[i].Rank = options[i-1].Rank
		}
	}
}

// ties compares two options with equal means.
func (c Criteria) ties(a, b Ranked) int {
	if len(c.Ties) == 0 {
		return higher(a.Tops, a.Voters, b.Tops, b.Voters)
	}
	for _, t := range c.Ties {
		if order := higher(a.Totals[t], a.Voters, b.Totals[t], b.Voters); order != 0 {
			return order
		}
	}
	return 0
}

// higher compares the fractions a/n and b/m exactly; the higher one comes first (-1).
func higher(a, n, b, m int) int {
	left, right := a*m, b*n
	switch {
	case left > right:
		return -1
	case left < right:
		return 1
	}
	return 0
}

func add(c Criteria, option int, ballots []Scored) Ranked {
	r := Ranked{Option: option, Totals: make([]int, c.Count), RoleMean: new(big.Rat)}
	var roleSum, roleVoters [8]int
	low, high := 0, 0
	for _, b := range ballots {
		if len(b.Scores) != c.Count { // counts when all criteria are scored
			continue
		}
		sum := 0
		for i, score := range b.Scores {
			sum += int(score)
			r.Totals[i] += int(score)
			if int(score) == c.Top {
				r.Tops++
			}
		}
		if r.Voters == 0 || sum < low {
			low = sum
		}
		high = max(high, sum)
		r.Voters++
		r.Sum += sum
		for g := range roleSum {
			if b.Roles&(1<<g) != 0 {
				roleSum[g] += sum
				roleVoters[g]++
			}
		}
	}
	r.Spread = high - low
	k := int64(0)
	for g, n := range roleVoters {
		if n > 0 {
			r.RoleMean.Add(r.RoleMean, big.NewRat(int64(roleSum[g]), int64(n)*int64(c.Count)))
			k++
		}
	}
	if k > 0 {
		r.RoleMean.Quo(r.RoleMean, new(big.Rat).SetInt64(k))
	}
	return r
}

// Thousandths rounds a fraction to thousandths, half up, for display.
func Thousandths(r *big.Rat) int {
	n := new(big.Int).Mul(r.Num(), big.NewInt(2000))
	n.Add(n, r.Denom())
	n.Div(n, new(big.Int).Mul(r.Denom(), big.NewInt(2)))
	return int(n.Int64())
}
