package commands

import "klaster/domain"

// footprint counts what a person did under the names of the actors it stands for.
type footprint struct{ votes, issues, proposals, readings int }

func footprintOf(s *domain.State, p domain.PersonID) footprint {
	var n footprint
	for _, i := range s.Issues {
		if i.By == p {
			n.issues++
		}
	}
	for _, proposal := range s.Proposals {
		if proposal.By == p {
			n.proposals++
		}
		for _, v := range proposal.Versions {
			for _, voter := range v.Electorate {
				if b, ok := voter.Ballot(); ok && b.By == p {
					n.votes++
				}
			}
		}
	}
	for _, i := range s.Indicators {
		for _, readings := range i.Readings {
			for _, r := range readings {
				if r.By == p {
					n.readings++
				}
			}
		}
	}
	return n
}
