package bot_test

import (
	"encoding/json"
	"testing"
	"testing/synctest"

	"klaster/bot/bottest"
	"klaster/domain"
)

// A private conversation begun in the group goes above the one that waits in the private chat; one that ends as soon
// as it is begun there leaves the private chat alone.
func TestPrivateSessionBegunInAGroup(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := bottest.NewWorld(t, openStore(t), bottest.Options{})
		id, _ := town(w, 1)
		var ann domain.PersonID
		w.View(id, func(s *domain.State) { ann = s.Stewards[0] })
		kept := func() string {
			blob, err := w.Store.SessionOf(t.Context(), ann, w.Server.PrivateOf("Ann"))
			if err != nil {
				t.Fatal(err)
			}
			var envelope struct {
				Blob []byte `json:"b"`
			}
			if err := json.Unmarshal(blob, &envelope); err != nil {
				t.Fatalf("%s: %v", blob, err)
			}
			return string(envelope.Blob)
		}
		w.Server.Whisper("Ann", "/whisper one")
		w.Settle()
		w.Server.Say("Ann", "g", "/whisper two")
		w.Settle()
		if got := kept(); got != "two+one" {
			t.Errorf("session %q", got)
		}
		w.Server.Say("Ann", "g", "/whisper")
		w.Settle()
		if got := kept(); got != "two+one" {
			t.Errorf("session %q after a form that ended at once", got)
		}
	})
}
