package tally

// Outcome is how a ballot ended.
type Outcome uint8

const (
	NotReached  Outcome = iota // nobody agrees, or too few of those who take a side
	Unanimous                  // somebody agrees and nobody objects or blocks
	WithDissent                // enough agree, and no role is overruled
	Contested                  // enough agree over all, and a role is overruled
	Blocked                    // somebody blocks
	Carried                    // majority: more than half of the ballots agree
	NotCarried                 // majority: they do not
)

// Consensus is a ballot under the two-tier rule: quorum over all, and every role heard.
type Consensus struct {
	All    Count
	Roles  []Count // per role group; groups without electorate do not matter
	Quorum int     // percent of the electorate that has to be exceeded
	Agree  int     // percent of agree + object that has to agree
	Waived bool    // coverage
}

// Quorate says whether more than Quorum percent of the electorate took part. Silence is not consent.
func (c Consensus) Quorate() bool {
	return c.All.Electorate > 0 && MoreThan(c.All.Cast(), c.Quorum, c.All.Electorate)
}

// Uncovered lists the role groups that have an eligible actor and no ballot.
func (c Consensus) Uncovered() []int {
	var out []int
	for g, n := range c.Roles {
		if n.Electorate > 0 && n.Cast() == 0 {
			out = append(out, g)
		}
	}
	return out
}

// Valid says whether the ballot may be given an outcome.
func (c Consensus) Valid() bool {
	return c.Quorate() && (c.Waived || len(c.Uncovered()) == 0)
}

// Overruled lists the role groups with two or more sides taken in which more object than agree.
func (c Consensus) Overruled() []int {
	var out []int
	for g, n := range c.Roles {
		if n.Agree+n.Object >= 2 && n.Agree < n.Object {
			out = append(out, g)
		}
	}
	return out
}

// Outcome is the outcome of a valid ballot.
func (c Consensus) Outcome() Outcome {
	n := c.All
	switch {
	case n.Block > 0:
		return Blocked
	case n.Agree == 0:
		return NotReached
	case n.Object == 0:
		return Unanimous
	case !AtLeast(n.Agree, c.Agree, n.Agree+n.Object):
		return NotReached
	case len(c.Overruled()) > 0:
		return Contested
	}
	return WithDissent
}

// Majority is a ballot that follows a failed consensus.
type Majority struct {
	All    Count
	Quorum int // percent of the electorate that has to take part; 67 is the exact two thirds
}

// Valid says whether enough take part.
func (m Majority) Valid() bool {
	return m.All.Electorate > 0 && AtLeast(m.All.Cast(), m.Quorum, m.All.Electorate)
}

// Outcome is the outcome of a valid ballot: carried when more than half of the ballots cast agree, abstentions
// included in the count.
func (m Majority) Outcome() Outcome {
	if 2*m.All.Agree > m.All.Cast() {
		return Carried
	}
	return NotCarried
}
