package domain

import (
	"bytes"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"strings"
	"unicode/utf8"
)

// storedText is one text beside the record.
type storedText struct {
	Salt []byte `json:"salt"`
	Text Text   `json:"text"`
}

// digestOf is what stands in the record for a text: base64 of the first 16 bytes of SHA-256(salt, text). The salt keeps
// a short text from being guessed from its digest after it was erased.
func digestOf(salt []byte, text Text) Text { return Text(appendDigest(nil, salt, text)) }

func appendDigest(b, salt []byte, text Text) []byte {
	salted := make([]byte, 0, 256)
	salted = append(append(salted, salt...), text...)
	sum := sha256.Sum256(salted)
	return base64.RawURLEncoding.AppendEncode(b, sum[:16])
}

// textWriter collects the texts of an entry while its record is written.
type textWriter struct {
	stored []*storedText
	salt   [16]byte
	commit int
	text   int
}

func (w *textWriter) begin(commit int, salt [16]byte) { w.commit, w.salt, w.text = commit, salt, 0 }

// digest takes a text in and gives what goes into the record. Texts that are not UTF-8 are repaired first, because
// JSON would do so afterwards and the digest would no longer fit.
func (w *textWriter) digest(t Text) Text {
	if t == "" {
		return ""
	}
	t = Text(strings.ToValidUTF8(string(t), "\uFFFD"))
	salt := w.nextSalt()
	if t == Erased {
		w.stored = append(w.stored, nil)
	} else {
		w.stored = append(w.stored, &storedText{salt, t})
	}
	return digestOf(salt, t)
}

// nextSalt derives a text's own salt, so that giving one away gives no other.
func (w *textWriter) nextSalt() []byte {
	var seed [24]byte
	copy(seed[:], w.salt[:])
	binary.BigEndian.PutUint32(seed[16:], uint32(w.commit))
	binary.BigEndian.PutUint32(seed[20:], uint32(w.text))
	w.text++
	sum := sha256.Sum256(seed[:])
	return sum[:16]
}

func (w *textWriter) part() []byte { return encodeTexts(w.stored) }

func encodeTexts(stored []*storedText) []byte {
	if len(stored) == 0 {
		return nil
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	_ = e.Encode(stored) // byte slices and strings cannot fail
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}

func readTexts(texts []byte) ([]*storedText, error) {
	if len(texts) == 0 {
		return nil, nil
	}
	if stored, ok := scanTexts(texts); ok {
		return stored, nil
	}
	var stored []*storedText
	if err := json.Unmarshal(texts, &stored); err != nil {
		return nil, ErrTampered
	}
	return stored, nil
}

// scanTexts reads what encodeTexts wrote; anything else is left to the JSON decoder, which takes ten times as long.
func scanTexts(texts []byte) (stored []*storedText, ok bool) {
	c := cursor{b: texts}
	n := bytes.Count(texts, []byte(`{"salt":`))
	all, salts := make([]storedText, 0, n), make([]byte, 0, 16*n)
	stored = make([]*storedText, 0, n)
	c.literal("[")
	for !c.failed && !c.accept("]") {
		if len(stored) > 0 {
			c.literal(",")
		}
		if c.accept("null") {
			stored = append(stored, nil)
			continue
		}
		c.literal(`{"salt":`)
		first := len(salts)
		var err error
		salts, err = base64.StdEncoding.AppendDecode(salts, c.plain())
		c.literal(`,"text":`)
		text := c.text()
		c.literal("}")
		if err != nil || !utf8.ValidString(text) {
			return nil, false
		}
		all = append(all, storedText{salts[first:len(salts):len(salts)], Text(text)})
		stored = append(stored, &all[len(all)-1])
	}
	return stored, !c.failed && c.i == len(texts)
}

// textReader puts texts back in the order in which they were taken out.
type textReader struct {
	stored []*storedText
	wrong  bool
}

func (r *textReader) text(digest Text) Text { return textFor(r, digest) }

func textFor[D ~string | ~[]byte](r *textReader, digest D) Text {
	if len(digest) == 0 {
		return ""
	}
	if len(r.stored) == 0 {
		r.wrong = true
		return Erased
	}
	t := r.stored[0]
	r.stored = r.stored[1:]
	if t == nil {
		return Erased
	}
	var right [32]byte
	if subtle.ConstantTimeCompare(appendDigest(right[:0], t.Salt, t.Text), []byte(digest)) == 0 {
		r.wrong = true
	}
	return t.Text
}

// done says whether all texts fitted and none is left over.
func (r *textReader) done() bool { return !r.wrong && len(r.stored) == 0 }
