package domain

import (
	"bufio"
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"klaster/domain/calendar"
)

// The corpus holds journals as earlier builds wrote them. Every later build has to fold them to the same state: the
// journals are never rewritten, and a difference in a state is read by a person before it is accepted with -update.
func TestCorpusFoldsToTheSameState(t *testing.T) {
	for name, life := range map[string]func(*testing.T) []Sealed{"first": wholeLife, "chats": lifeInChats} {
		path := filepath.Join("testdata", "corpus", name+".jsonl")
		if _, err := os.Stat(path); err != nil && *update {
			writeCorpus(t, path, life(t))
		}
	}
	paths, _ := filepath.Glob(filepath.Join("testdata", "corpus", "*.jsonl"))
	if len(paths) == 0 {
		t.Fatal("no corpus")
	}
	seen := map[string]bool{}
	for _, path := range paths {
		journal := readCorpus(t, path)
		if _, err := Verify(slices.Values(journal)); err != nil {
			t.Errorf("%s: %v", path, err)
		}
		for _, e := range journal {
			commits, err := Decode(e.Record, e.Texts)
			if err != nil {
				t.Fatalf("%s: %v", path, err)
			}
			for _, event := range commits[0].Events {
				seen[event.EventType()] = true
			}
		}
		var got bytes.Buffer
		if err := json.Indent(&got, snapshotOf(t, refold(t, journal)), "", "  "); err != nil {
			t.Fatal(err)
		}
		golden := strings.TrimSuffix(path, ".jsonl") + ".state.json"
		if *update {
			if err := os.WriteFile(golden, append(got.Bytes(), '\n'), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(golden)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(bytes.TrimSpace(want), got.Bytes()) {
			t.Errorf("%s folds to another state than %s says", path, golden)
		}
	}
	for _, name := range EventTypes() {
		if !seen[name] {
			t.Errorf("no journal of the corpus holds %s", name)
		}
	}
}

type corpusLine struct {
	Record string `json:"record"`
	Texts  string `json:"texts,omitempty"`
}

func writeCorpus(t *testing.T, path string, journal []Sealed) {
	t.Helper()
	var b bytes.Buffer
	for _, e := range journal {
		line, err := json.Marshal(corpusLine{string(e.Record), string(e.Texts)})
		if err != nil {
			t.Fatal(err)
		}
		b.Write(append(line, '\n'))
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, b.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
}

func readCorpus(t *testing.T, path string) []Sealed {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var journal []Sealed
	var head Head
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		var line corpusLine
		if err := json.Unmarshal(lines.Bytes(), &line); err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		head = head.Next([]byte(line.Record))
		journal = append(journal, Sealed{head, []byte(line.Record), []byte(line.Texts)})
	}
	return journal
}

// wholeLife is a cluster in which everything happens that can.
func wholeLife(t *testing.T) []Sealed {
	st := beginThree(t)
	st.do(steward, NameSteward{"P-second"})
	st.do(steward, ChangeCharter{Key: KeyRegion, Value: "Cirebon Raya"})
	st.do(By{}, AttachChat{ChatRef{Platform: "telegram", Chat: "-5"}})
	st.do(By{}, MoveChat{ChatRef{Platform: "telegram", Chat: "-5"}, ChatRef{Platform: "telegram", Chat: "-1005"}})
	st.do(By{}, SuspendChat{ChatRef{Platform: "telegram", Chat: "-1005"}})
	st.do(By{}, ResumeChat{ChatRef{Platform: "telegram", Chat: "-1005"}})
	st.do(dewi, RegisterActor{Actor: "A-no", Name: "Toko Dewi", Roles: []Role{{Group: Buyer}}})
	st.do(steward, RefuseActor{"A-no", "Di luar klaster."})
	st.do(dewi, JoinActor{"A-core"})
	st.do(ana, ApproveRepresentative{"A-core", dewi.Person})
	st.do(dewi, LeaveRepresentation{"A-core", dewi.Person})
	st.do(ana, ChangeActor{Actor: "A-core", Name: "PT Rotan Jaya Abadi", Place: "Cirebon", Roles: []Role{{Group: Core}, {Group: Institution, Sub: "association"}}})
	st.member("A-gone", "CV Pergi", By{Person: "P-gone"}, Role{Group: Related})

	raise(st, ana, 4)
	st.do(steward, MergeIssues{"I4", "I1"})
	st.do(steward, OpenRound{"R1"})
	for i, by := range []By{ana, budi, citra} {
		for j, issue := range []ItemID{"I1", "I2", "I3"} {
			st.do(by, CastScores{Round: "R1", Issue: issue, Scores: &Scores{uint8(5 - j), uint8(1 + i), 3}})
		}
	}
	st.do(By{Person: "P-gone"}, CastScores{Round: "R1", Issue: "I1"})
	st.do(By{Person: "P-gone"}, LeaveActor{"A-gone"})
	st.until("2026-03-08 12:00")
	st.do(steward, SettleIssue{"I3", FateRefused, "Sudah ditangani pemerintah daerah."})

	st.do(ana, ClaimStep{Step: "1.1", Evidence: []Evidence{{Kind: EvidenceLink, Text: "https://contoh.id/notulen"}, {Kind: EvidenceFile, Text: "foto.jpg", File: "F1"}}})
	st.do(budi, VerifyStep{Step: "1.1"})
	st.do(citra, ReopenStep{"1.1", "Peserta bertambah."})

	st.do(ana, gateProposal("D1")) // blocked, revised, extended, waived, adopted with dissent
	st.do(ana, CastVote{Proposal: "D1", Position: Agree})
	st.do(budi, CastVote{Proposal: "D1", Position: AgreeWithNote, Reason: "Asal bertahap."})
	st.do(citra, CastVote{Proposal: "D1", Position: Block, Reason: "Pasar belum siap."})
	st.until("2026-03-23 12:00")
	st.do(ana, ReviseText{"D1", "Satu tahun, lalu ditinjau."})
	st.do(steward, NameFacilitator{dewi.Person})
	st.do(ana, CastVote{Proposal: "D1", Position: Agree})
	st.do(budi, CastVote{Proposal: "D1", Position: Agree})
	st.until("2026-04-06 18:00")
	st.do(dewi, WaiveCoverage{"D1"})
	st.until("2026-04-20 12:00")

	st.do(budi, Propose{Proposal: "D2", Method: Consensus, Title: "Kuorum 60 persen", Link: Link{Charter: KeyQuorum, Value: "60"}})
	for _, by := range []By{ana, budi, citra} {
		st.do(by, CastVote{Proposal: "D2", Position: Agree})
	}
	st.do(steward, CloseItem{"D2"})
	st.do(citra, Propose{Proposal: "D3", Method: Consensus, Title: "Gudang bersama", Link: Link{Issue: "I1"}})
	for _, by := range []By{ana, budi, citra} {
		st.do(by, CastVote{Proposal: "D3", Position: Abstain})
	}
	st.do(steward, CloseItem{"D3"})
	st.do(steward, Propose{Proposal: "D4", Method: Majority, Link: Link{After: "D3"}})
	st.do(ana, CastVote{Proposal: "D4", Position: Agree})
	st.do(citra, CastVote{Proposal: "D4", Position: Agree})
	st.until("2026-04-24 12:00")
	st.do(ana, propose("D5"))
	st.do(ana, WithdrawItem{"D5", "Disusun ulang."})
	st.do(ana, propose("D6"))
	st.until("2026-05-10 12:00") // lapses
	st.do(steward, ParkItem{"D6", "Menunggu kajian."})

	st.do(steward, monthly())
	define := monthly()
	define.Indicator, define.Frequency, define.Name = "N2", calendar.Weekly, "Tenaga kerja"
	st.do(steward, define)
	st.until("2026-05-11 10:00")
	st.do(steward, ScheduleIndicator{"N2", "0 8 * * 5"})
	st.do(steward, RetireIndicator{"N2"})
	st.until("2026-06-01 10:00")
	st.do(ana, RecordReading{Indicator: "N1", Value: 135_0000, Note: "termasuk ekspor"})
	st.do(budi, DeferReading{Indicator: "N1"})
	st.until("2026-06-09 10:00")
	st.do(budi, ReportUnavailable{Indicator: "N1", Reason: "Belum tutup buku."})
	st.do(steward, RemoveActor{"A-buy", "Pindah ke daerah lain."})
	st.do(citra, ForgetPerson{citra.Person})
	st.asleep("2026-08-20 10:00")
	st.now = st.now.Add(time.Minute)
	return st.journal
}

// lifeInChats is a cluster that comes to speak in several chats, with people who have several accounts.
func lifeInChats(t *testing.T) []Sealed {
	st := beginThree(t)
	telegram, discord := ChatRef{Platform: "telegram", Chat: "-5"}, ChatRef{Platform: "discord", Chat: "7", Thread: "8"}
	st.do(By{}, AttachChat{telegram})
	st.do(By{}, AttachChat{discord})
	st.do(steward, SetChatHearing{telegram, HearsNotices})
	st.do(steward, SetChatHearing{discord, HearsBoards})
	raise(st, ana, 1)
	st.do(ana, ClaimStep{Step: "1.1", Evidence: []Evidence{{Kind: EvidenceLink, Text: "https://contoh.id/notulen"}}})
	st.do(ana, propose("D1"))
	st.do(ana, CastVote{Proposal: "D1", Position: Agree})
	st.do(budi, CastVote{Proposal: "D1", Position: Abstain})
	st.do(By{}, LinkPersons{From: ana.Person, To: budi.Person})
	st.do(steward, DetachChat{discord})
	return st.journal
}
