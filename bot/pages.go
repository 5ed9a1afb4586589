package bot

import (
	"fmt"
	"iter"

	"klaster/domain"
)

// maxWalk bounds how many entries one page of history may read; older ones are in the export.
const maxWalk = 20_000

// page reads the page of history that the outcome asked for; the input is run again with it.
func (h *Hub) page(t *turn) error {
	var head domain.Head
	var last uint64
	err := h.View(h.ctx, t.cluster, func(s *domain.State) { head, last = s.Head, s.Commits })
	if err != nil {
		return err
	}
	var broken error
	t.in.History = t.outcome.History.Page(h.backwards(t.cluster, head.Version, last, &broken))
	return broken
}

// backwards yields the commits up to an entry, newest first, with their numbers; last is the number of the newest. A
// failure ends it and is left in broken.
func (h *Hub) backwards(id domain.ClusterID, version, last uint64, broken *error) iter.Seq[domain.Commit] {
	return func(yield func(domain.Commit) bool) {
		for walked := uint64(0); version > 0 && walked < maxWalk; {
			from := uint64(0)
			if version > loadStep {
				from = version - loadStep
			}
			entries, err := h.Store.Read(h.ctx, id, from, int(version-from))
			if err != nil {
				*broken = fmt.Errorf("history of %s before version %d: %w", id, version, err)
				return
			}
			for i := len(entries) - 1; i >= 0; i-- {
				commits, err := decodeEntry(entries[i])
				if err != nil {
					*broken = fmt.Errorf("history of %s, version %d: %w", id, entries[i].Head.Version, err)
					return
				}
				for j := len(commits) - 1; j >= 0; j-- {
					commits[j].Number = last
					last--
					if !yield(commits[j]) {
						return
					}
				}
			}
			walked += version - from
			version = from
		}
	}
}
