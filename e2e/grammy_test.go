package e2e_test

import (
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"klaster/bot/telegram/telegramtest"
)

// referenceBot is a bot written with grammY, a client that none of us wrote: what it expects of Telegram, our fake has
// to give. It polls, answers a command with buttons, edits on a tap, sends and fetches a file, and hears of its being
// added and thrown out.
const referenceBot = `
const {Bot, InlineKeyboard, InputFile} = require('grammy');
const bot = new Bot(process.env.TOKEN, {client: {apiRoot: process.env.API}});
bot.command('start', (c) => c.reply('<b>Halo</b> ' + c.from.first_name, {parse_mode: 'HTML',
  reply_markup: new InlineKeyboard().text('Setuju', 'v:1').row().url('Buka', 'https://t.me/x')}));
bot.callbackQuery('v:1', async (c) => {
  await c.answerCallbackQuery('tercatat');
  await c.editMessageText('Setuju 1');
  try { await c.editMessageText('Setuju 1'); } catch (e) { console.log('edit', e.error_code, e.description); }
});
bot.command('file', (c) => c.replyWithDocument(new InputFile(Buffer.from('a;b'), 'data.csv'), {caption: 'tabel'}));
bot.on('message:document', async (c) => {
  const f = await c.getFile();
  const r = await fetch(process.env.API + '/file/bot' + process.env.TOKEN + '/' + f.file_path);
  console.log('fetched', await r.text());
});
bot.on('my_chat_member', (c) => console.log('member', c.myChatMember.new_chat_member.status));
bot.command('admin', async (c) => console.log('admin', (await c.getChatMember(c.from.id)).status));
bot.catch((e) => console.log('failed', e.error));
bot.start({allowed_updates: ['message', 'callback_query', 'my_chat_member'],
  onStart: async (me) => {
    await bot.api.setMyCommands([{command: 'start', description: 'mulai'}]);
    console.log('up', me.username);
  }});
`

// TestFakeTelegramHoldsForGrammY keeps the fake Bot API honest.
func TestFakeTelegramHoldsForGrammY(t *testing.T) {
	t.Parallel()
	dir := npmInstall(t, "grammy", "1.46.0")
	tg := telegramtest.Start(t, telegramtest.WithToken(token))
	script := filepath.Join(dir, "bot.cjs")
	write(t, script, referenceBot)
	said := runNode(t, dir, script, "TOKEN="+token, "API="+tg.URL())
	says := func(pattern string) { t.Helper(); said.await(t, patience, regexp.MustCompile(pattern)) }
	says(`(?m)^up klaster_test_bot$`)
	if n := len(tg.Commands("", "")); n != 1 {
		t.Errorf("%d commands in the menu", n)
	}

	ann := tg.AddUser(telegramtest.User{FirstName: "Ann"})
	tg.Start(ann, "")
	first := await(t, tg, ann, "Halo Ann")
	if len(first.Buttons) != 2 {
		t.Errorf("%d rows of buttons", len(first.Buttons))
	}
	tap, err := tg.TapButton(ann, ann, "Setuju")
	if err != nil {
		t.Fatal(err)
	}
	await(t, tg, ann, "Setuju 1")
	says(`edit 400 Bad Request: message is not modified`)
	if answer, ok := tg.Answer(tap); !ok || answer.Text != "tercatat" {
		t.Errorf("the tap was answered %+v", answer)
	}
	tg.SendText(ann, ann, "/file")
	await(t, tg, ann, "tabel")

	group := tg.AddGroup("Rotan")
	tg.AddMember(group, ann)
	tg.AddBot(group, ann)
	says(`member (member|administrator)`)
	tg.SendText(group, ann, "/admin")
	says(`admin \w+`)
	tg.Kick(group, ann)
	says(`member kicked`)
	if strings.Contains(said.String(), "failed") {
		t.Errorf("the client met something it did not expect:\n%s", said)
	}
}

// await waits until a message with the text stands in a chat.
func await(t *testing.T, tg *telegramtest.Server, chat int64, text string) telegramtest.Message {
	t.Helper()
	var found telegramtest.Message
	eventually(t, patience, "a message with "+text, func() bool {
		for _, m := range tg.Messages(chat) {
			if m.FromMe && strings.Contains(m.Text, text) {
				found = m
				return true
			}
		}
		return false
	})
	return found
}
