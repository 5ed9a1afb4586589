package tally

import (
	"math"
	"math/big"
	"testing"

	"pgregory.net/rapid"
)

// The vectors are those of the decision rules.

func TestShares(t *testing.T) {
	for _, tt := range []struct {
		what string
		got  bool
		want bool
	}{
		{"7 of 13 is more than half", MoreThan(7, 50, 13), true},
		{"6 of 13 is not", MoreThan(6, 50, 13), false},
		{"half is not more than half", MoreThan(2, 50, 4), false},
		{"2 of 3 is two thirds", AtLeast(2, 67, 3), true},
		{"1 of 3 is not", AtLeast(1, 67, 3), false},
		{"3 of 4 is three quarters", AtLeast(3, 75, 4), true},
		{"2 of 3 is below 68 percent", AtLeast(2, 68, 3), false},
		{"nothing of nothing is not more than half", MoreThan(0, 50, 0), false},
	} {
		if tt.got != tt.want {
			t.Errorf("%s: got %v", tt.what, tt.got)
		}
	}
	if n := NeededMoreThan(50, 13); n != 7 {
		t.Errorf("more than half of 13 needs %d", n)
	}
	if n := NeededAtLeast(67, 3); n != 2 {
		t.Errorf("two thirds of 3 need %d", n)
	}
}

func TestNeededIsTheSmallest(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		percent := rapid.IntRange(1, 100).Draw(t, "percent")
		n := rapid.IntRange(1, 500).Draw(t, "n")
		more, least := NeededMoreThan(percent, n), NeededAtLeast(percent, n)
		if !MoreThan(more, percent, n) || MoreThan(more-1, percent, n) {
			t.Fatalf("more than %d%% of %d: %d", percent, n, more)
		}
		if !AtLeast(least, percent, n) || AtLeast(least-1, percent, n) {
			t.Fatalf("at least %d%% of %d: %d", percent, n, least)
		}
	})
}

// role makes a group's count: electorate, agree, abstain, object, block.
func role(e, a, b, d, x int) Count { return Count{e, a, b, d, x} }

func TestConsensus(t *testing.T) {
	for _, tt := range []struct {
		what    string
		roles   []Count
		waived  bool
		valid   bool
		outcome Outcome
	}{
		{"everybody agrees", []Count{role(2, 2, 0, 0, 0), role(1, 1, 0, 0, 0)}, false, true, Unanimous},
		{"one agrees, the others abstain", []Count{role(2, 1, 1, 0, 0), role(1, 0, 1, 0, 0)}, false, true, Unanimous},
		{"all abstain", []Count{role(2, 0, 2, 0, 0), role(1, 0, 1, 0, 0)}, false, true, NotReached},
		{"three quarters of those who take a side", []Count{role(4, 3, 0, 1, 0)}, false, true, WithDissent},
		{"two thirds are too few", []Count{role(3, 2, 0, 1, 0)}, false, true, NotReached},
		{"a role is overruled", []Count{role(6, 6, 0, 0, 0), role(2, 0, 0, 2, 0)}, false, true, Contested},
		{"a single objection is no role", []Count{role(6, 6, 0, 0, 0), role(2, 0, 1, 1, 0)}, false, true, WithDissent},
		{"a tie in a role does not overrule it", []Count{role(6, 6, 0, 0, 0), role(2, 1, 0, 1, 0)}, false, true, WithDissent},
		{"a block", []Count{role(9, 8, 0, 0, 1)}, false, true, Blocked},
		{"only a block", []Count{role(1, 0, 0, 0, 1)}, false, true, Blocked},
		{"half is no quorum", []Count{role(4, 2, 0, 0, 0)}, false, false, Unanimous},
		{"a role without ballot", []Count{role(4, 4, 0, 0, 0), role(1, 0, 0, 0, 0)}, false, false, Unanimous},
		{"waived", []Count{role(4, 4, 0, 0, 0), role(1, 0, 0, 0, 0)}, true, true, Unanimous},
		{"waiving does not replace the quorum", []Count{role(2, 2, 0, 0, 0), role(4, 0, 0, 0, 0)}, true, false, Unanimous},
		{"a role without actors does not matter", []Count{role(2, 2, 0, 0, 0), {}}, false, true, Unanimous},
		{"nobody may vote", []Count{{}}, true, false, NotReached},
	} {
		c := Consensus{Roles: tt.roles, Quorum: 50, Agree: 75, Waived: tt.waived}
		for _, r := range tt.roles {
			c.All = Count{c.All.Electorate + r.Electorate, c.All.Agree + r.Agree, c.All.Abstain + r.Abstain, c.All.Object + r.Object, c.All.Block + r.Block}
		}
		if c.Valid() != tt.valid || c.Outcome() != tt.outcome {
			t.Errorf("%s: valid %v, outcome %d; want %v, %d", tt.what, c.Valid(), c.Outcome(), tt.valid, tt.outcome)
		}
	}
}

func TestMajority(t *testing.T) {
	for _, tt := range []struct {
		what    string
		all     Count
		valid   bool
		outcome Outcome
	}{
		{"2 of 3 take part", Count{3, 2, 0, 0, 0}, true, Carried},
		{"1 of 3 takes part", Count{3, 1, 0, 0, 0}, false, Carried},
		{"a tie", Count{2, 1, 0, 1, 0}, true, NotCarried},
		{"abstentions count", Count{4, 2, 1, 1, 0}, true, NotCarried},
		{"one more", Count{5, 3, 1, 1, 0}, true, Carried},
		{"all abstain", Count{3, 0, 3, 0, 0}, true, NotCarried},
		{"nobody may vote", Count{}, false, NotCarried},
	} {
		m := Majority{All: tt.all, Quorum: 67}
		if m.Valid() != tt.valid || m.Outcome() != tt.outcome {
			t.Errorf("%s: valid %v, outcome %d", tt.what, m.Valid(), m.Outcome())
		}
	}
}

func TestRoleInformed(t *testing.T) {
	roles := []Count{role(5, 5, 0, 0, 0), role(4, 3, 0, 1, 0), role(1, 0, 0, 1, 0), {}, role(2, 0, 1, 0, 0)}
	got := Informed(roles)
	if math.Abs(got.Share-0.575) > 0.0005 || got.Lowest != 2 {
		t.Errorf("got %+v, want 0.575 and buyer", got)
	}
	if len(got.Silent) != 1 || got.Silent[0] != 4 {
		t.Errorf("silent %v", got.Silent)
	}
	for i, want := range []float64{0.857, 0.667, 0.333} {
		if one := Informed(roles[i : i+1]).Share; math.Abs(one-want) > 0.0005 {
			t.Errorf("role %d: %.4f, want %.3f", i, one, want)
		}
	}
	if none := Informed(nil); none.Lowest != -1 || none.Share != 0 {
		t.Errorf("nothing: %+v", none)
	}
	if !LowerInformed(roles, roles[:2]) || LowerInformed(roles[:2], roles) || LowerInformed(roles, roles) {
		t.Error("the buyer's objection has to make the ballot the lower one")
	}
	if !LowerInformed(nil, roles) || LowerInformed(roles, nil) {
		t.Error("no ballot at all is the lowest")
	}
	// (3/4)^(1/1) equals ((3/4)^2)^(1/2) exactly; floating point would not promise that.
	one, two := []Count{role(2, 2, 0, 0, 0)}, []Count{role(2, 2, 0, 0, 0), role(2, 2, 0, 0, 0)}
	if LowerInformed(one, two) || LowerInformed(two, one) {
		t.Error("equal means compare unequal")
	}
}

func TestEnoughScores(t *testing.T) {
	for e, want := range map[int]int{0: 0, 1: 1, 2: 2, 3: 3, 9: 3, 10: 4, 13: 5, 30: 10, 31: 11} {
		if got := Enough(e); got != want {
			t.Errorf("electorate %d: %d, want %d", e, got, want)
		}
	}
}

func usg(roles uint8, u, s, g uint8) Scored { return Scored{[]uint8{u, s, g}, roles} }

func TestRanking(t *testing.T) {
	same := func(u, s, g uint8) []Scored { return []Scored{usg(1, u, s, g), usg(2, u, s, g), usg(4, u, s, g)} }
	got := Rank(USG(), 3, [][]Scored{
		same(3, 3, 3),                      // 9: S 3, U 3
		same(5, 5, 5),                      // 15
		same(4, 3, 2),                      // 9: S 3, U 4
		same(2, 4, 3),                      // 9: S 4
		{usg(1, 5, 5, 5), usg(2, 5, 5, 5)}, // too few
		same(4, 3, 2),                      // as the third
		nil,                                // nobody
		{usg(1, 1, 1, 1), {[]uint8{5, 5}, 2}, // an unfinished ballot does not count
			usg(2, 1, 1, 1), usg(4, 1, 1, 1)},
	})
	want := []struct{ option, rank, voters int }{{1, 1, 3}, {3, 2, 3}, {2, 3, 3}, {5, 3, 3}, {0, 5, 3}, {7, 6, 3}, {4, 0, 2}, {6, 0, 0}}
	for i, w := range want {
		if got[i].Option != w.option || got[i].Rank != w.rank || got[i].Voters != w.voters {
			t.Errorf("place %d: option %d rank %d voters %d, want %+v", i, got[i].Option, got[i].Rank, got[i].Voters, w)
		}
	}
	if got[0].Sum != 45 || got[0].Tops != 9 || got[0].Spread != 0 || got[0].RoleMean.Cmp(big.NewRat(5, 1)) != 0 {
		t.Errorf("best %+v", got[0])
	}
}

// Means are compared as fractions: 10/3 over 11/3 + ... would lose in floating point.
func TestMeansOfDifferentNumbersOfVoters(t *testing.T) {
	third := []Scored{{[]uint8{3}, 1}, {[]uint8{3}, 1}, {[]uint8{4}, 1}}
	sixth := append(append([]Scored(nil), third...), third...)
	got := Rank(Plain(), 6, [][]Scored{third, sixth})
	if got[0].Rank != 1 || got[1].Rank != 1 {
		t.Errorf("10/3 and 20/6 rank %d and %d", got[0].Rank, got[1].Rank)
	}
}

func TestPlainTiesGoByTheShareOfTopScores(t *testing.T) {
	plain := func(scores ...uint8) []Scored {
		var out []Scored
		for _, s := range scores {
			out = append(out, Scored{[]uint8{s}, 1})
		}
		return out
	}
	got := Rank(Plain(), 3, [][]Scored{plain(3, 3, 3), plain(5, 3, 1), plain(4, 3, 2)})
	if got[0].Option != 1 || got[0].Rank != 1 || got[1].Rank != 2 || got[2].Rank != 2 {
		t.Errorf("got %+v", got)
	}
}

func TestRolesDiffer(t *testing.T) {
	// Five core firms prefer the first option, one supplier the third: over roles the order is the other way round.
	option := func(core, supplier uint8) []Scored {
		out := []Scored{{[]uint8{supplier}, 2}}
		for range 5 {
			out = append(out, Scored{[]uint8{core}, 1})
		}
		return out
	}
	got := Rank(Plain(), 6, [][]Scored{option(4, 1), option(3, 3), option(2, 5)})
	if !got[0].RolesDiffer || got[1].RolesDiffer || !got[2].RolesDiffer {
		t.Errorf("got %+v", got)
	}
	if Thousandths(got[0].RoleMean) != 2500 || Thousandths(big.NewRat(25, 6)) != 4167 {
		t.Errorf("role mean %v", got[0].RoleMean)
	}
}

func TestRankingIsAnOrder(t *testing.T) {
	score := rapid.Custom(func(t *rapid.T) Scored {
		s := rapid.SliceOfN(rapid.Uint8Range(1, 5), 3, 3).Draw(t, "scores")
		return Scored{s, uint8(rapid.IntRange(1, 63).Draw(t, "roles"))}
	})
	rapid.Check(t, func(t *rapid.T) {
		options := rapid.SliceOfN(rapid.SliceOfN(score, 0, 8), 1, 8).Draw(t, "options")
		got := Rank(USG(), 8, options)
		if len(got) != len(options) {
			t.Fatalf("%d lines for %d options", len(got), len(options))
		}
		seen := map[int]bool{}
		for i, r := range got {
			seen[r.Option] = true
			if (r.Rank == 0) != (len(options[r.Option]) < 3) {
				t.Fatalf("rank %d with %d ballots", r.Rank, len(options[r.Option]))
			}
			if i == 0 || r.Rank == 0 {
				continue
			}
			before := got[i-1]
			if before.Rank == 0 || r.Rank != before.Rank && r.Rank != i+1 || before.Sum*r.Voters < r.Sum*before.Voters {
				t.Fatalf("%+v before %+v", before, r)
			}
		}
		if len(seen) != len(options) {
			t.Fatal("an option is missing")
		}
	})
}
