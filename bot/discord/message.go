package discord

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"mime/multipart"
	"net/textproto"
	"strconv"
	"strings"
	"sync"

	"klaster/bot"
	"klaster/commands"
	"klaster/domain"
)

// fileLimit is the largest file a bot may send everywhere.
const fileLimit = 10 << 20

// pingsLimit is how many people one message notifies: their mentions alone must fit into one.
const pingsLimit = 80

// compose makes the messages of a draft: the last holds buttons and file. Cards stay one message, since they are edited;
// those with a tone are an embed with an edge of that colour.
func (b *Bot) compose(op string, d bot.Draft, single bool) ([]outgoing, error) {
	if d.File != nil && (len(d.File.Data) == 0 || len(d.File.Data) > fileLimit) {
		return nil, rejected(op, "the file is empty or above 10 MB")
	}
	runs, pinged := flatten(d.Body, d.Mentions)
	mentions := allowedMentions{Parse: []string{}, Users: distinct(pinged)}
	var out []outgoing
	switch {
	case d.Tone != commands.ToneNone && len(runs) > 0:
		text := write(fit(runs, descriptionLimit))
		out = []outgoing{{Embeds: []embed{{Description: text, Color: colour(d.Tone)}}}}
		var calls []string // an embed pings nobody
		for _, id := range mentions.Users {
			calls = append(calls, "<@"+id+">")
		}
		out[0].Content = strings.Join(calls, " ")
	case single || d.Card != "":
		out = []outgoing{{Content: write(fit(runs, contentLimit)), Flags: flagNoUnfold}}
	default:
		for _, part := range split(runs, contentLimit) {
			out = append(out, outgoing{Content: write(part), Flags: flagNoUnfold})
		}
		if len(out) == 0 {
			out = []outgoing{{}}
		}
	}
	for i := range out {
		if out[i].Embeds == nil {
			out[i].Embeds = []embed{}
		}
		out[i].Components, out[i].Mentions = []row{}, mentions
		if d.Silent {
			out[i].Flags |= flagSilent
		}
	}
	last := &out[len(out)-1]
	last.Components = b.components(d)
	if d.File != nil {
		last.Files = []attachmentNamed{{"0", fileName(d.File)}}
	}
	if strings.TrimSpace(last.Content) == "" && len(last.Embeds) == 0 && d.File == nil {
		return nil, rejected(op, "it is empty")
	}
	return out, nil
}

// colour is the edge of a card.
func colour(t commands.Tone) int {
	switch t {
	case commands.ToneDecision:
		return 0x145A86
	case commands.ToneScoring:
		return 0x6B4FA0
	case commands.ToneResult:
		return 0x2E7D4F
	case commands.ToneData:
		return 0x0F7C80
	case commands.ToneStep:
		return 0x3D8B47
	case commands.ToneNotice:
		return 0xC9730A
	case commands.ToneNone:
	}
	return 0
}

func distinct(ids []string) (out []string) {
	seen := map[string]bool{}
	for _, id := range ids {
		if !seen[id] && len(out) < pingsLimit {
			seen[id] = true
			out = append(out, id)
		}
	}
	return out
}

// upload is a file beside a message; within nests the message as the data of a callback.
type upload struct{ doc *bot.Document }

func fileName(d *bot.Document) string {
	name := strings.NewReplacer(`"`, "", `\`, "", "/", "-").Replace(bot.CleanName(d.Name, maxFileName))
	if name == "" {
		return "file"
	}
	return name
}

// form makes the multipart body of a call with a file.
func (u *upload) form(body any) ([]byte, string, error) {
	payload, err := json.Marshal(body)
	if err != nil {
		return nil, "", err
	}
	var out bytes.Buffer
	out.Grow(len(u.doc.Data) + len(payload) + 1024)
	w := multipart.NewWriter(&out)
	kind := u.doc.Mime
	if kind == "" || strings.ContainsAny(kind, "\r\n") {
		kind = "application/octet-stream"
	}
	for _, part := range []struct {
		header textproto.MIMEHeader
		data   []byte
	}{
		{textproto.MIMEHeader{"Content-Disposition": {`form-data; name="payload_json"`}, "Content-Type": {"application/json"}}, payload},
		{textproto.MIMEHeader{"Content-Disposition": {`form-data; name="files[0]"; filename="` + fileName(u.doc) + `"`}, "Content-Type": {kind}}, u.doc.Data},
	} {
		p, err := w.CreatePart(part.header)
		if err != nil {
			return nil, "", err
		}
		if _, err := p.Write(part.data); err != nil {
			return nil, "", err
		}
	}
	if err := w.Close(); err != nil {
		return nil, "", err
	}
	return out.Bytes(), w.FormDataContentType(), nil
}

// nonces makes the mark by which Discord knows a card that it has already got, after a crash between the post and its
// record. A card whose message is gone gets another one.
type nonces struct {
	mu   sync.Mutex
	lost map[string]int
}

const maxNonces = 5000

func (n *nonces) init() { n.lost = make(map[string]int) }

// of is at most 25 characters; empty for what is no card.
func (n *nonces) of(to domain.ChatRef, card string) string {
	if card == "" {
		return ""
	}
	n.mu.Lock()
	times := n.lost[nonceKey(to, card)]
	n.mu.Unlock()
	sum := sha256.Sum256([]byte(nonceKey(to, card) + "\x00" + strconv.Itoa(times)))
	return hex.EncodeToString(sum[:12])
}

func (n *nonces) lose(to domain.ChatRef, card string) {
	if card == "" {
		return
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	if len(n.lost) >= maxNonces {
		clear(n.lost)
	}
	n.lost[nonceKey(to, card)]++
}

func nonceKey(to domain.ChatRef, card string) string {
	return to.Chat + "\x00" + to.Thread + "\x00" + card
}
