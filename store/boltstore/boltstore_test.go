package boltstore

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.etcd.io/bbolt"
	"go.uber.org/goleak"

	"errors"
	"klaster/store"
	"klaster/store/storetest"
)

func TestMain(m *testing.M) {
	if path := os.Getenv(writerPath); path != "" {
		writeUntilKilled(path)
		return
	}
	goleak.VerifyTestMain(m)
}

func open(t testing.TB) *Store {
	t.Helper()
	s, err := Open(filepath.Join(t.TempDir(), "klaster.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func TestContract(t *testing.T) {
	storetest.Run(t, func(t *testing.T) store.Store { return open(t) })
}

func TestOpenSaysWhatIsWrong(t *testing.T) {
	dir := t.TempDir()
	garbage := filepath.Join(dir, "garbage.db")
	if err := os.WriteFile(garbage, bytes.Repeat([]byte("not a database "), 1000), 0o600); err != nil {
		t.Fatal(err)
	}
	tests := map[string]struct{ path, want string }{
		"no path":              {"", "no path"},
		"a directory":          {dir, "is a directory"},
		"no parent":            {filepath.Join(dir, "none", "klaster.db"), "does not exist"},
		"the parent is a file": {filepath.Join(garbage, "klaster.db"), "not a directory"},
		"another format":       {garbage, "invalid database"},
		"not a file":           {os.DevNull, "not a regular file"},
		"cannot be written":    {"/proc/klaster.db", "/proc/klaster.db"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			s, err := Open(test.path)
			if err == nil {
				_ = s.Close()
				t.Fatal("it opened")
			}
			if !strings.Contains(err.Error(), test.want) || !strings.Contains(err.Error(), test.path) {
				t.Errorf("error %q, want it to say %q", err, test.want)
			}
		})
	}
}

func TestOpenTwiceNamesThePath(t *testing.T) {
	s := open(t)
	began := time.Now()
	_, err := Open(s.path)
	if err == nil || !strings.Contains(err.Error(), s.path) || !strings.Contains(err.Error(), "another process") {
		t.Errorf("error %v", err)
	}
	if took := time.Since(began); took > 5*time.Second {
		t.Errorf("it waited %s for the lock", took)
	}
}

func TestNewerSchemaIsRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "klaster.db")
	s, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.db.Update(func(tx *bbolt.Tx) error { return tx.Bucket(metaBucket).Put(schemaKey, number(schema+1)) }); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(path); !errors.Is(err, store.ErrRefused) {
		t.Errorf("got %v, want ErrRefused", err)
	}
}

func TestEverythingIsThereAfterReopening(t *testing.T) {
	path := filepath.Join(t.TempDir(), "klaster.db")
	s, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	due := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	head, err := s.Create(t.Context(), "c", store.Entry{Record: []byte("r")}, due, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if s, err = Open(path); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	if tip, err := s.Tip(t.Context(), "c"); err != nil || tip != head {
		t.Errorf("tip %v, %v", tip, err)
	}
	if next, found, err := s.NextDue(t.Context()); err != nil || !found || !next.Equal(due) {
		t.Errorf("next due %v, %v, %v", next, found, err)
	}
}

func TestTokensAreNotInTheFile(t *testing.T) {
	s := open(t)
	const token = "a-token-that-must-not-be-kept"
	if err := s.PutToken(t.Context(), token, []byte("meaning-that-is-kept"), time.Now().Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	file, err := os.ReadFile(s.path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Contains(file, []byte("meaning-that-is-kept")) {
		t.Error("the search does not find what it should")
	}
	if bytes.Contains(file, []byte(token)) {
		t.Error("the token is in the file")
	}
}

func TestExpiredRecordsAreSweptOut(t *testing.T) {
	s := open(t)
	for _, token := range []string{"a", "b", "c"} {
		if err := s.PutToken(t.Context(), token, nil, time.Now().Add(-time.Hour)); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.PutToken(t.Context(), "d", nil, time.Now().Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	_ = s.db.View(func(tx *bbolt.Tx) error {
		for _, bucket := range [][]byte{tokensBucket, expiryBucket} {
			if n := tx.Bucket(bucket).Stats().KeyN; n != 1 {
				t.Errorf("%s holds %d records, want 1", bucket, n)
			}
		}
		return nil
	})
}
