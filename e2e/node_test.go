package e2e_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"klaster/bot/telegram/telegramtest"
)

// serveForeign starts npm's telegram-test-api, a Telegram server that none of us wrote. It does not know getChatMember,
// which tells who may found a cluster: everybody administers every chat here.
const serveForeign = `
const TelegramServer = require('telegram-test-api');
(async () => {
  const s = new TelegramServer({port: +process.env.PORT, host: '127.0.0.1', storeTimeout: 3600});
  s.webServer.all('/bot:token/getChatMember', (req, res) => res.json({ok: true,
    result: {status: 'creator', is_anonymous: false, user: {id: +(req.body.user_id || req.query.user_id), is_bot: false, first_name: 'x'}}}));
  const stack = s.webServer._router.stack;
  stack.splice(stack.findIndex((l) => l.route), 0, stack.pop()); // before the route that answers what is unknown
  await s.start();
  console.log('up');
})();
`

// foreign is that server, with a person at it.
type foreign struct {
	t    *testing.T
	base string
}

// npmInstall installs a package from the registry into a folder of its own, or skips.
func npmInstall(t *testing.T, name, version string) (dir string) {
	t.Helper()
	for _, tool := range []string{"node", "npm"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("skipped: needs node; there is no %s in the PATH, so nothing can be tried against npm's %s", tool, name)
		}
	}
	dir = t.TempDir()
	install := exec.CommandContext(within(t, 2*time.Minute), "npm", "i", "--no-audit", "--no-fund", "--no-save", "--prefix", dir, name+"@"+version)
	if out, err := install.CombinedOutput(); err != nil {
		t.Skipf("skipped: needs node; npm cannot install %s %s (%v): %s", name, version, err, lastLine(string(out)))
	}
	return dir
}

// runNode runs a script until the test ends, and returns what it says.
func runNode(t *testing.T, dir, script string, environment ...string) *output {
	t.Helper()
	node := exec.Command("node", script)
	node.Dir, node.Env = dir, append(node.Environ(), environment...)
	said := newOutput()
	node.Stdout, node.Stderr = said, said
	endWithParent(node)
	if err := node.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() {
		_ = node.Wait()
		said.end()
		close(ended)
	}()
	t.Cleanup(func() {
		_ = node.Process.Kill()
		<-ended
	})
	return said
}

// startForeign installs it from the registry and starts it, or skips.
func startForeign(t *testing.T) *foreign {
	t.Helper()
	dir := npmInstall(t, "telegram-test-api", "4.2.1")
	script := filepath.Join(dir, "serve.cjs")
	write(t, script, serveForeign)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := l.Addr().(*net.TCPAddr)
	_ = l.Close()
	runNode(t, dir, script, fmt.Sprint("PORT=", addr.Port)).await(t, patience, regexp.MustCompile(`(?m)^up$`))
	return &foreign{t, "http://" + addr.String()}
}

func (f *foreign) post(path string, content map[string]any) []byte {
	f.t.Helper()
	raw, err := json.Marshal(content)
	if err != nil {
		f.t.Fatal(err)
	}
	resp, err := http.Post(f.base+path, "application/json", bytes.NewReader(raw))
	if err != nil {
		f.t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	var out bytes.Buffer
	_, _ = out.ReadFrom(resp.Body)
	return out.Bytes()
}

const (
	foreignPerson = 7
	foreignGroup  = -1007
)

func from() map[string]any {
	return map[string]any{"id": foreignPerson, "is_bot": false, "first_name": "Ratna", "last_name": "Kusumaningrum", "language_code": "id"}
}

func place(chat int64) map[string]any {
	if chat == foreignGroup {
		return map[string]any{"id": chat, "type": "supergroup", "title": "Rotan"}
	}
	return map[string]any{"id": chat, "type": "private"}
}

func (f *foreign) says(chat int64, text string) {
	f.t.Helper()
	m := map[string]any{"botToken": token, "date": time.Now().Unix(), "from": from(), "chat": place(chat), "text": text}
	if !strings.HasPrefix(text, "/") {
		f.post("/sendMessage", m)
		return
	}
	name, _, _ := strings.Cut(text, " ")
	m["entities"] = []any{map[string]any{"type": "bot_command", "offset": 0, "length": len(name)}}
	f.post("/sendCommand", m)
}

// stored is a message of the bot as the server keeps it.
type stored struct {
	ID      int `json:"messageId"`
	Message struct {
		Chat   json.Number `json:"chat_id"`
		Text   string      `json:"text"`
		Markup struct {
			Rows [][]telegramtest.Button `json:"inline_keyboard"`
		} `json:"reply_markup"`
	} `json:"message"`
}

func (f *foreign) messages(chat int64) []stored {
	f.t.Helper()
	var all struct {
		Result []stored `json:"result"`
	}
	if err := json.Unmarshal(f.post("/getUpdatesHistory", map[string]any{"token": token}), &all); err != nil {
		f.t.Fatal(err)
	}
	return slices.DeleteFunc(all.Result, func(m stored) bool { return m.Message.Chat.String() != fmt.Sprint(chat) })
}

// sees waits for a message with the words and gives the newest.
func (f *foreign) sees(chat int64, words string) (found stored) {
	f.t.Helper()
	eventually(f.t, patience, words, func() bool {
		for _, m := range slices.Backward(f.messages(chat)) {
			if strings.Contains(m.Message.Text, words) {
				found = m
				return true
			}
		}
		return false
	})
	return found
}

// taps waits for a button and presses it.
func (f *foreign) taps(chat int64, label string) {
	f.t.Helper()
	var id int
	var data string
	eventually(f.t, patience, "a button "+label, func() bool {
		for _, m := range slices.Backward(f.messages(chat)) {
			for _, row := range m.Message.Markup.Rows {
				for _, b := range row {
					if labelled(b.Text, label) && b.Data != "" {
						id, data = m.ID, b.Data
						return true
					}
				}
			}
		}
		return false
	})
	f.post("/sendCallback", map[string]any{
		"botToken": token, "from": from(), "data": data,
		"message": map[string]any{"message_id": id, "date": time.Now().Unix(), "chat": place(chat)},
	})
}

// TestForeignServer goes through the story's beginning against a server that none of us wrote.
func TestForeignServer(t *testing.T) {
	t.Parallel()
	f := startForeign(t)
	p := start(t, settings{
		"KLASTER_STORE": filepath.Join(t.TempDir(), "klaster.db"), "KLASTER_TELEGRAM_TOKEN": token, "KLASTER_TELEGRAM_API": f.base,
	})
	p.secret = func() []string { return []string{"Kusumaningrum", "Batang Sari"} }

	f.says(foreignGroup, "/mulai")
	f.sees(foreignGroup, "1 dari 5")
	f.says(foreignGroup, "Klaster Rotan Cirebon")
	f.sees(foreignGroup, "2 dari 5")
	f.says(foreignGroup, "mebel rotan")
	f.sees(foreignGroup, "3 dari 5")
	f.says(foreignGroup, "Kabupaten Cirebon")
	f.taps(foreignGroup, "Bahasa Indonesia")
	f.taps(foreignGroup, "WIB (Jakarta)")
	f.taps(foreignGroup, "Benar, dirikan")
	founded := f.sees(foreignGroup, "sudah berdiri")

	link, err := url.Parse(founded.Message.Markup.Rows[0][0].URL)
	if err != nil || link.Query().Get("start") == "" {
		t.Fatalf("the button leads to %v (%v)", link, err)
	}
	f.says(foreignPerson, "/start "+link.Query().Get("start"))
	f.sees(foreignPerson, "Apa nama organisasinya")
	f.says(foreignPerson, "CV Batang Sari")
	f.taps(foreignPerson, "Industri inti")
	f.taps(foreignPerson, "Selesai memilih")
	f.taps(foreignPerson, "Lewati") // the field
	f.sees(foreignPerson, "Di mana lokasi organisasinya")
	f.taps(foreignPerson, "Lewati")
	f.taps(foreignPerson, "Benar, daftarkan")
	f.sees(foreignPerson, "terdaftar")

	f.says(foreignPerson, "/usulan Gudang bersama dibangun")
	f.sees(foreignPerson, "Bila perlu")
	f.taps(foreignPerson, "Lewati")
	f.taps(foreignPerson, "Tidak terkait")
	f.taps(foreignPerson, "Ya, buka usulan")
	f.sees(foreignGroup, "Gudang bersama dibangun")
	f.taps(foreignGroup, "Setuju")
	f.sees(foreignGroup, "1 dari 1")
	if code, took := p.stop(); code != 0 || took > 10*time.Second {
		t.Errorf("the program ended with %d after %s", code, took)
	}
}
