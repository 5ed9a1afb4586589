package discordtest

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// discordjs is the version of the client that keeps the fake honest.
const discordjs = "discord.js@14.28.1"

// referenceBot is a bot on discord.js, a client that none of us wrote. It reads its
// orders from the commands people give; what goes wrong is on its standard error.
const referenceBot = `
const {Client, GatewayIntentBits: I, ModalBuilder, TextInputBuilder, ActionRowBuilder, ButtonBuilder, StringSelectMenuBuilder, EmbedBuilder, MessageFlags} = require('discord.js');
const client = new Client({intents: [I.Guilds], rest: {api: process.env.API}, allowedMentions: {parse: []}});
const row = (c) => new ActionRowBuilder().addComponents(c);
let board;
const actions = {
  async go(i) {
    const r = await i.reply({content: 'How? ' + i.options.getInteger('number') + ' ' + i.options.getUser('who').globalName + ' ' + i.options.getMember('who').permissions.has('ManageGuild'),
      flags: MessageFlags.Ephemeral, withResponse: true, components: [row(new ButtonBuilder({customId: 'why', label: 'Why', style: 1}))]});
    if (!r.resource.message.flags.has(MessageFlags.Ephemeral)) throw new Error('the response is not ephemeral');
    if (!i.inGuild() || !i.memberPermissions.has('SendMessages') || !i.appPermissions.has('SendMessages')) throw new Error('permissions');
  },
  async board(i) {
    await i.deferReply();
    board = await i.channel.send({embeds: [new EmbedBuilder({title: 'Board', description: 'one'})], components: [
      row(new ButtonBuilder({customId: 'agree', label: 'Agree', style: 3})),
      row(new StringSelectMenuBuilder({customId: 'rank', options: [{label: 'First', value: '1'}, {label: 'Second', value: '2'}]}))]});
    board = await board.edit({embeds: [new EmbedBuilder({title: 'Board', description: 'two'})]});
    if (board.embeds[0].description !== 'two' || !board.editedAt) throw new Error('the board was not edited');
    const again = await i.channel.messages.fetch({message: board.id, force: true});
    if (again.components.length !== 2) throw new Error('the board lost its components');
    await i.editReply('Posted');
    await (await i.fetchReply()).fetch();
    const dm = await i.user.send('Privately');
    if (!dm.channel.isDMBased()) throw new Error('no direct message');
    await i.deleteReply();
  },
  async thread(i) {
    if (!i.channel.isThread() || i.channel.parent.name !== 'umum') throw new Error('the thread has no parent');
    await i.reply('In a thread');
  },
  async late(i) {
    try { await i.reply('late'); } catch (e) { if (e.code !== 10062) throw e; await i.user.send('too late'); }
  },
  async twice(i) {
    await i.reply('once');
    i.replied = false;
    try { await i.reply('twice'); } catch (e) { if (e.code !== 40060) throw e; i.replied = true; await i.followUp('was there twice'); }
  },
  async muted(i) {
    try { await i.channel.send('x'); } catch (e) { if (e.code !== 50013 || e.status !== 403) throw e; await i.reply('I am muted'); }
  },
};
client.on('interactionCreate', async (i) => {
  try {
    if (i.isAutocomplete()) await i.respond([{name: i.options.getFocused() + ' Soap', value: 7}]);
    else if (i.isChatInputCommand()) await actions[i.commandName](i);
    else if (i.isModalSubmit()) {
      await i.deferReply({flags: MessageFlags.Ephemeral});
      await i.editReply('Because ' + i.fields.getTextInputValue('text'));
      await i.followUp({content: 'Somebody voted', files: [{attachment: Buffer.from('a,b'), name: 'votes.csv'}]});
    } else if (i.isStringSelectMenu()) await i.update({content: 'Chosen ' + i.values, components: []});
    else if (i.customId === 'agree') { await i.deferUpdate(); await i.editReply({content: 'Agreed by ' + i.member.displayName}); }
    else if (i.customId === 'why') await i.showModal(new ModalBuilder({customId: 'form', title: 'Reason'}).addComponents(row(new TextInputBuilder({customId: 'text', label: 'Text', style: 2}))));
  } catch (e) { console.error('ERROR', i.commandName ?? i.customId, e); }
});
client.on('error', (e) => console.error('ERROR', e));
client.on('clientReady', async () => {
  try {
    const d = (name, options) => ({name, description: name, options, nameLocalizations: {id: name + '-id'}});
    await client.application.commands.set([d('go', [{type: 4, name: 'number', description: 'n', required: true, autocomplete: true}, {type: 6, name: 'who', description: 'w'}]), ...Object.keys(actions).filter((n) => n !== 'go').map((n) => d(n))]);
    const known = await client.application.commands.fetch({withLocalizations: true});
    if (known.find((c) => c.name === 'go').nameLocalizations.id !== 'go-id') throw new Error('no localisations');
    if ((await client.guilds.fetch()).size !== 1 || client.guilds.cache.first().memberCount !== 4) throw new Error('guilds');
  } catch (e) { console.error('ERROR ready', e); }
});
process.stdin.on('end', () => client.destroy()).resume();
client.login(process.env.TOKEN).catch((e) => { console.error('ERROR login', e); process.exit(1); });
`

// output keeps what a program says.
type output struct {
	mu  sync.Mutex
	all bytes.Buffer
}

func (o *output) Write(b []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.all.Write(b)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.all.String()
}

// startReference installs discord.js from the registry and connects a bot on it to the
// fake, or skips.
func startReference(t *testing.T, s *Server) {
	t.Helper()
	for _, tool := range []string{"node", "npm"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("skipped: needs node; there is no %s in the PATH, so the fake cannot be tried with discord.js", tool)
		}
	}
	dir := t.TempDir()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	install := exec.CommandContext(ctx, "npm", "i", "--no-audit", "--no-fund", "--no-save", "--prefix", dir, discordjs)
	if out, err := install.CombinedOutput(); err != nil {
		t.Skipf("skipped: needs node; npm cannot install %s (%v): %s", discordjs, err, strings.TrimSpace(string(out)))
	}
	script := filepath.Join(dir, "bot.cjs")
	if err := os.WriteFile(script, []byte(referenceBot), 0o600); err != nil {
		t.Fatal(err)
	}
	bot := exec.Command("node", script)
	bot.Dir, bot.Env = dir, append(bot.Environ(), "API="+s.URL()+"/api", "TOKEN="+s.Token())
	said := new(output)
	bot.Stdout, bot.Stderr = said, said
	leave, err := bot.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := bot.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() {
		_ = bot.Wait()
		close(ended)
	}()
	t.Cleanup(func() {
		_ = leave.Close() // it says good-bye at the gateway
		select {
		case <-ended:
		case <-time.After(10 * time.Second):
			t.Error("discord.js does not end")
			_ = bot.Process.Kill()
			<-ended
		}
		if text := said.String(); text != "" {
			t.Errorf("discord.js says: %s", text)
		}
	})
	if err := s.WaitFor(within30s(t), func(w *World) bool { return w.Calls("GET /users/@me/guilds") == 1 }); err != nil {
		t.Fatal(err, said.String())
	}
}

func within30s(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	t.Cleanup(cancel)
	return ctx
}

// TestDiscordJS lets a foreign client judge the fake: whatever it does not understand,
// or sends and we refuse, is a fault here.
func TestDiscordJS(t *testing.T) {
	s := Start(t)
	p := somewhere(s)
	thread := s.AddThread(p.channel, "langkah")
	startReference(t, s)
	settled := func(id string, err error) Response {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		r, err := s.WaitSettled(within10s(t), id)
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	// sees waits for a text on a person's screen.
	sees := func(channel, user, text string) {
		t.Helper()
		if err := s.WaitFor(within10s(t), func(w *World) bool {
			return slices.ContainsFunc(w.Messages(channel, user), func(m Message) bool { return m.Text() == text })
		}); err != nil {
			t.Fatalf("nobody sees %q: %v; there is %+v", text, err, s.Messages(channel, user))
		}
	}

	if r := settled(s.Autocomplete(p.channel, p.citra, "go", "number", Opt{"number", "7"})); len(r.Choices) != 1 || r.Choices[0].Name != "7 Soap" {
		t.Errorf("choices %+v", r.Choices)
	}
	r := settled(s.Slash(p.channel, p.citra, "go", Opt{"number", 7}, Opt{"who", UserOption(p.budi)}))
	if r.Message.Content != "How? 7 Budi true" || !r.Message.Ephemeral {
		t.Errorf("answered %+v", r.Message)
	}
	r = settled(s.PressButton(p.channel, p.citra, "Why"))
	if r.Modal == nil {
		t.Fatalf("answered %+v", r)
	}
	r = settled(s.Submit(r.Modal.Interaction, map[string]string{"text": "it is too dear"}))
	if r.Message.Content != "Because it is too dear" || !r.Message.Ephemeral {
		t.Errorf("answered %+v", r.Message)
	}
	sees(p.channel, p.budi, "Somebody voted")
	if f := s.Last(p.channel, p.budi).Files; len(f) != 1 || f[0].Name != "votes.csv" || string(f[0].Content) != "a,b" {
		t.Errorf("the file is %+v", f)
	}

	settled(s.Slash(p.channel, p.ann, "board"))
	sees(p.channel, p.budi, "Board\ntwo")
	sees(s.DM(p.ann), p.ann, "Privately")
	settled(s.PressButton(p.channel, p.budi, "Agree"))
	sees(p.channel, p.ann, "Agreed by Budi\nBoard\ntwo")
	settled(s.ChooseOptions(p.channel, p.citra, "Second"))
	sees(p.channel, p.ann, "Chosen 2\nBoard\ntwo")

	settled(s.Slash(thread, p.citra, "thread"))
	sees(thread, p.budi, "In a thread")

	settled(s.Slash(p.channel, p.ann, "twice"))
	sees(p.channel, p.ann, "was there twice")
	s.Forbid(p.channel, SendMessages)
	settled(s.Slash(p.channel, p.ann, "muted"))
	sees(p.channel, p.ann, "I am muted")
	s.Permit(p.channel, SendMessages)

	s.FailNext(RouteRespond, Fault{Code: 10062})
	if _, err := s.Slash(p.channel, p.citra, "late"); err != nil {
		t.Fatal(err)
	}
	sees(s.DM(p.citra), p.citra, "too late")

	// It comes back with its session, and hears what was said meanwhile.
	resumes := s.Gateway().Resumes
	s.RequestReconnect()
	if err := s.WaitFor(within30s(t), func(w *World) bool {
		g := w.Gateway()
		return g.Resumes == resumes+1 && g.Connected == 1
	}); err != nil {
		t.Fatal(err)
	}
	settled(s.Slash(thread, p.citra, "thread"))
}
