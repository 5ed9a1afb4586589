package commands

import (
	"strings"
	"testing"

	"klaster/domain"
)

func TestNextBestStep(t *testing.T) {
	c, err := New(nil)
	if err != nil {
		t.Fatal(err)
	}
	evidence := []domain.Evidence{{Kind: domain.EvidenceText, Text: "x"}}
	verified := func(ids ...domain.StepID) map[domain.StepID]*domain.StepState {
		out := map[domain.StepID]*domain.StepState{}
		for _, id := range ids {
			out[id] = &domain.StepState{Status: domain.Verified}
		}
		return out
	}
	with := func(steps map[domain.StepID]*domain.StepState, id domain.StepID, st domain.StepState) map[domain.StepID]*domain.StepState {
		steps[id] = &st
		return steps
	}
	five := []domain.StepID{"1.1", "1.2", "1.3", "1.4", "1.5"}
	var all []domain.StepID
	for _, s := range domain.Steps() {
		all = append(all, s.ID)
	}
	deciding := &domain.Proposal{ID: "P", Number: 7, Link: domain.Link{Step: "1.6"}, Phase: domain.Open}
	for name, k := range map[string]struct {
		steps     map[domain.StepID]*domain.StepState
		proposals []*domain.Proposal
		want      domain.StepID
		says      string
	}{
		"new":             {want: "1.1", says: "paling awal"},
		"claimed is left": {steps: with(verified("1.1"), "1.2", domain.StepState{Status: domain.Claimed, Evidence: evidence}), want: "1.3", says: "paling awal"},
		"reopened":        {steps: with(verified("1.2"), "1.1", domain.StepState{Status: domain.Reopened}), want: "1.1", says: "dibuka kembali"},
		"bare claim":      {steps: with(verified(five...), "1.2", domain.StepState{Status: domain.Claimed}), want: "1.2", says: "/bukti 1.2"},
		"claim":           {steps: with(verified(five...), "1.2", domain.StepState{Status: domain.Claimed, Evidence: evidence}), want: "1.2", says: "/verifikasi 1.2"},
		"gate":            {steps: verified(five...), want: "1.6", says: "/usulan 1.6"},
		"gate deciding":   {steps: verified(five...), proposals: []*domain.Proposal{deciding}, want: "1.6", says: "Usulan No. 7"},
		"stage 2":         {steps: verified("1.6"), want: "2.1", says: "tahap 2"},
		"stage 4":         {steps: verified("1.6", "2.4", "3.1", "3.2", "3.3"), want: "4.1", says: "tahap 4"},
		"all":             {steps: verified(all...), want: "", says: "Semua langkah"},
	} {
		s := domain.NewState("C", nil)
		s.Steps, s.Proposals = k.steps, k.proposals
		next, why := nextBestStep(voice{c, s, "id"})
		said := why.Plaintext(func(p domain.PersonID) string { return string(p) })
		if next != k.want || !strings.Contains(said, k.says) {
			t.Errorf("%s: %q %s", name, next, said)
		}
	}
}
