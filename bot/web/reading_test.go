package web

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"klaster/bot"
	"klaster/commands"
)

// TestReadingOnAPhone: what is long is read from its beginning, what is pressed next is not covered, receipts stay whole.
func TestReadingOnAPhone(t *testing.T) {
	b := browser(t)
	h := newHouse(t)
	h.bot.set(func(f *fakeBot) {
		f.answer = func(u bot.Update) {
			if u.Kind == bot.Tapped {
				_ = h.room.Answer(context.Background(), u.Tap, "Tercatat: PT Rotan Jaya - Setuju. Untuk mengubah, pilih sikap lain. Tanda terima 41-K7QX2M")
			}
		}
	})
	p := open(t, b, h, "Ibu Sari", "id", 390, 780)
	private := visitor{room: "uji", name: "Ibu Sari"}.private()
	long := func(first string) bot.Draft {
		body := []string{first}
		for n := range 40 {
			body = append(body, fmt.Sprintf("- Langkah %d: belum selesai, dan ada yang perlu dikerjakan", n+1))
		}
		return bot.Draft{Body: rich(body...), Buttons: [][]commands.Button{row("Bantuan")}}
	}
	// begins says whether the beginning of the conversation's last article can be seen, near the top.
	begins := func(chat string) string {
		return fmt.Sprintf(`(() => { const s = document.querySelector('#%s .scroll').getBoundingClientRect();
			const a = [...document.querySelectorAll('#%[1]s article')].at(-1).getBoundingClientRect();
			return a.top >= s.top && a.top < s.top + 100 && a.bottom > s.bottom; })()`, chat)
	}
	h.post(group(), bot.Draft{Body: plain("Selamat datang.")})
	h.post(group(), long("*Langkah klaster*"))
	p.wait(`document.querySelectorAll('#group article').length === 2`)
	p.wait(begins("group"))

	h.post(private, long("*Bantuan*"))
	p.wait(`document.querySelector('[data-tab=private] .unread').textContent === '1'`)
	p.click("[data-tab=private]")
	p.wait(begins("private"))
	p.click("[data-tab=group]")
	p.wait(begins("group")) // coming back moves nothing

	h.post(group(), bot.Draft{Body: plain("di bawah")})
	p.wait(`!document.querySelector('#group .pill').hidden`)
	p.is(begins("group"), "false") // it is not the last any more
	p.click("#group .pill")
	h.post(group(), consensusCard("3"))
	p.wait(`!!` + p.button("Menolak"))
	p.eval(p.button("Setuju") + `.click()`)
	p.wait(`document.getElementById('toast').classList.contains('shown')`)
	p.is(`(() => { const t = document.getElementById('toast').getBoundingClientRect();
		return [...document.querySelectorAll('#group article')].at(-1).querySelectorAll('button').values()
			.some(b => b.getBoundingClientRect().top < t.bottom && b.getBoundingClientRect().bottom > t.top); })()`, "false")
	p.is(`document.querySelector('#toast .whole').textContent`, "41-K7QX2M")

	for n := range 12 {
		h.post(group(), bot.Draft{Body: plain(strings.Repeat("a", n+1) + " sudah tercatat pada klaster ini. Tanda terima 43-5LY6RN")})
	}
	p.wait(`document.querySelectorAll('#group .whole').length === 12`)
	p.is(`[...document.querySelectorAll('#group .whole')].every(e => e.textContent === '43-5LY6RN' && e.getClientRects().length === 1)`, "true")
	p.noSideways()
}

// TestButtonsCarryTheirStyle: colours come with the buttons and do not hang on what their labels say.
func TestButtonsCarryTheirStyle(t *testing.T) {
	b := browser(t)
	h := newHouse(t)
	h.post(group(), bot.Draft{Body: plain("Mohon memilih."), Buttons: [][]commands.Button{{
		{Label: "Ya", Data: "x:1", Style: commands.StylePrimary}, {Label: "Hapus", Data: "x:2", Style: commands.StyleDanger},
		{Label: "Nein", Data: "x:3", Style: commands.StyleBlock}, {Label: "Setuju", Data: "x:4"}, {Label: "?", Data: "x:5", Style: "constructor"},
	}}})
	p := open(t, b, h, "Ibu Sari", "id", 390, 780)
	for label, want := range map[string]string{"Ya": "primary", "Hapus": "danger", "Nein": "says says-block", "Setuju": "", "?": ""} {
		p.is(p.button(label)+`.className`, want)
	}
}
