package bot

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"iter"

	"klaster/commands"
	"klaster/domain"
	"klaster/report"
	"klaster/store"
)

// maxAttachment is what platforms take as a file from a bot at least, in bytes.
const maxAttachment = 8 << 20

// document renders an attachment.
func (h *Hub) document(ctx context.Context, cluster domain.ClusterID, a commands.Attachment) (*Document, error) {
	out := bounded{left: maxAttachment}
	d := &Document{Name: a.Name}
	var err error
	if a.Journal {
		d.Mime = "application/json"
		err = h.ExportJournal(ctx, cluster, &out)
	} else {
		d.Mime = "text/csv"
		err = report.WriteCSV(&out, a.Table, a.Comma)
	}
	if err != nil {
		return nil, fmt.Errorf("attachment: %w", err)
	}
	d.Data = out.Bytes()
	return d, nil
}

// ExportJournal writes a cluster's whole journal as evidence (see report.WriteJournal).
func (h *Hub) ExportJournal(ctx context.Context, cluster domain.ClusterID, w io.Writer) error {
	return report.WriteJournal(w, cluster, Entries(ctx, h.Store, cluster))
}

// Entries reads a journal from its beginning.
func Entries(ctx context.Context, from store.Journal, cluster domain.ClusterID) iter.Seq2[domain.Sealed, error] {
	return func(yield func(domain.Sealed, error) bool) {
		for after := uint64(0); ; {
			entries, err := from.Read(ctx, cluster, after, loadStep)
			if err != nil {
				yield(domain.Sealed{}, err)
				return
			}
			for _, e := range entries {
				after = e.Head.Version
				if !yield(domain.Sealed{Head: e.Head, Record: e.Record, Texts: e.Texts}, nil) {
					return
				}
			}
			if len(entries) < loadStep {
				return
			}
		}
	}
}

// bounded is a buffer that refuses to grow beyond what can be sent.
type bounded struct {
	bytes.Buffer
	left int
}

func (b *bounded) Write(p []byte) (int, error) {
	if b.left -= len(p); b.left < 0 {
		return 0, fmt.Errorf("more than %d bytes", maxAttachment)
	}
	return b.Buffer.Write(p)
}
