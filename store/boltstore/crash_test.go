package boltstore

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"klaster/domain"
	"klaster/store"
)

// The crash test runs this test binary again as a writer, kills it in the middle, and looks for every append that the
// writer had been told was stored.

const (
	writerPath = "KLASTER_BOLTSTORE_WRITER"
	writers    = 16
)

func writeUntilKilled(path string) {
	s, err := Open(path)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	var out sync.Mutex
	var group sync.WaitGroup
	for i := range writers {
		group.Go(func() {
			ctx, id := context.Background(), domain.ClusterID(fmt.Sprint("c", i))
			head, err := s.Tip(ctx, id)
			if err != nil {
				head, err = s.Create(ctx, id, store.Entry{Record: []byte("first")}, time.Time{}, nil)
			}
			for err == nil {
				out.Lock()
				fmt.Printf("%s %d %x\n", id, head.Version, head.Chain) // told only after the answer
				out.Unlock()
				head, err = s.Append(ctx, id, head, store.Entry{Record: fmt.Append(nil, "after ", head.Version)}, time.Now(), []domain.Platform{"web"})
			}
			fmt.Fprintln(os.Stderr, err)
		})
	}
	group.Wait()
	os.Exit(1)
}

func TestKilledWriterLosesNothing(t *testing.T) {
	path := filepath.Join(t.TempDir(), "klaster.db")
	for round := range 4 {
		acknowledged := killWriter(t, path, 400*(round+1))
		s, err := Open(path)
		if err != nil {
			t.Fatal(err)
		}
		for id, line := range acknowledged {
			entries, err := s.Read(t.Context(), id, 0, 1<<30)
			if err != nil {
				t.Fatal(err)
			}
			found := false
			for _, e := range entries {
				found = found || fmt.Sprintf("%s %d %x", id, e.Head.Version, e.Head.Chain) == line
			}
			if !found {
				t.Errorf("round %d: lost %s of %d stored entries", round, line[:20], len(entries))
			}
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// killWriter runs a writer until it has told of n appends and gives the last one it told of each cluster.
func killWriter(t *testing.T, path string, n int) map[domain.ClusterID]string {
	t.Helper()
	writer := exec.Command(os.Args[0], "-test.run=^$")
	writer.Env = append(os.Environ(), writerPath+"="+path)
	writer.Stderr = os.Stderr
	out, err := writer.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := writer.Start(); err != nil {
		t.Fatal(err)
	}
	acknowledged := map[domain.ClusterID]string{}
	lines := bufio.NewScanner(out)
	for told := 0; lines.Scan(); told++ {
		var id string
		if k, _ := fmt.Sscan(lines.Text(), &id); k != 1 {
			t.Errorf("the writer said %q", lines.Text())
		}
		if told == n {
			if err := writer.Process.Kill(); err != nil {
				t.Fatal(err)
			}
		}
		if len(lines.Text()) > 64 {
			acknowledged[domain.ClusterID(id)] = lines.Text()
		}
	}
	_ = writer.Wait()
	if len(acknowledged) != writers {
		t.Fatalf("%d clusters were written, want %d", len(acknowledged), writers)
	}
	return acknowledged
}
