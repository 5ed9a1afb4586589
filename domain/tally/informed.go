package tally

import (
	"math"
	"math/big"
)

// RoleInformed is role-informed consensus: how evenly agreement is spread over the roles. It is shown and sorted by,
// and never a gate.
type RoleInformed struct {
	// Share is the geometric mean over the roles of (1+agree)/(2+sides), for display; 0 without any ballot.
	Share float64
	// Lowest is the group with the smallest fraction; -1 without any ballot. The first of equals.
	Lowest int
	// Silent lists the groups that have electors and took no side; they are named as missing instead.
	Silent []int
}

// Informed works the figure out from the counts per role group.
func Informed(roles []Count) RoleInformed {
	out := RoleInformed{Lowest: -1}
	logs, k := 0.0, 0
	for g, n := range roles {
		if n.Sides() == 0 {
			if n.Electorate > 0 {
				out.Silent = append(out.Silent, g)
			}
			continue
		}
		logs += math.Log(float64(1+n.Agree) / float64(2+n.Sides()))
		k++
		if out.Lowest < 0 || lower(n, roles[out.Lowest]) {
			out.Lowest = g
		}
	}
	if k > 0 {
		out.Share = math.Exp(logs / float64(k))
	}
	return out
}

// lower compares (1+A)/(2+N) exactly.
func lower(a, b Count) bool {
	return (1+a.Agree)*(2+b.Sides()) < (1+b.Agree)*(2+a.Sides())
}

// LowerInformed compares two ballots by role-informed consensus exactly: whether a is spread less evenly than b. A
// ballot without sides is the lowest.
func LowerInformed(a, b []Count) bool {
	// product(a)^(1/ka) < product(b)^(1/kb)  <=>  product(a)^kb < product(b)^ka
	x, ka := product(a)
	y, kb := product(b)
	if ka == 0 || kb == 0 {
		return ka == 0 && kb > 0
	}
	return power(x, kb).Cmp(power(y, ka)) < 0
}

func product(roles []Count) (*big.Rat, int) {
	p, k := big.NewRat(1, 1), 0
	for _, n := range roles {
		if n.Sides() > 0 {
			p.Mul(p, big.NewRat(int64(1+n.Agree), int64(2+n.Sides())))
			k++
		}
	}
	return p, k
}

func power(r *big.Rat, n int) *big.Rat {
	p := big.NewRat(1, 1)
	for range n {
		p.Mul(p, r)
	}
	return p
}
