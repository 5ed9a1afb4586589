package discordtest

import (
	"sync"
	"testing"

	"github.com/bwmarrin/discordgo"
)

func voteCommand() []*discordgo.ApplicationCommand {
	return []*discordgo.ApplicationCommand{{
		Name: "vote", Description: "Vote on a decision", NameLocalizations: &map[discordgo.Locale]string{"id": "suara"},
		Options: []*discordgo.ApplicationCommandOption{
			{Type: discordgo.ApplicationCommandOptionInteger, Name: "number", Description: "Its number", Required: true, Autocomplete: true},
			{Type: discordgo.ApplicationCommandOptionUser, Name: "who", Description: "For whom"},
		},
	}}
}

func button(label, id string) []discordgo.MessageComponent {
	return []discordgo.MessageComponent{discordgo.ActionsRow{Components: []discordgo.MessageComponent{
		discordgo.Button{Label: label, CustomID: id, Style: discordgo.PrimaryButton},
	}}}
}

func form() *discordgo.InteractionResponse {
	return &discordgo.InteractionResponse{Type: discordgo.InteractionResponseModal, Data: &discordgo.InteractionResponseData{
		CustomID: "f1", Title: "Reason", Components: []discordgo.MessageComponent{discordgo.ActionsRow{Components: []discordgo.MessageComponent{
			discordgo.TextInput{CustomID: "why", Label: "Why", Style: discordgo.TextInputParagraph, Required: true, MaxLength: 280},
		}}},
	}}
}

// TestConversation lives a whole conversation with plain discordgo: command, suggestion,
// private answer with a button, form, follow-up and a board that is edited.
func TestConversation(t *testing.T) {
	t.Parallel()
	s := Start(t)
	p := somewhere(s)
	heard := make(chan *discordgo.InteractionCreate, 10)
	d := opened(t, s, func(d *discordgo.Session, i *discordgo.InteractionCreate) {
		var err error
		switch i.Type {
		case discordgo.InteractionApplicationCommandAutocomplete:
			err = d.InteractionRespond(i.Interaction, &discordgo.InteractionResponse{Type: discordgo.InteractionApplicationCommandAutocompleteResult, Data: &discordgo.InteractionResponseData{
				Choices: []*discordgo.ApplicationCommandOptionChoice{{Name: "7 Lime soap", Value: 7}},
			}})
		case discordgo.InteractionApplicationCommand:
			err = d.InteractionRespond(i.Interaction, &discordgo.InteractionResponse{Type: discordgo.InteractionResponseChannelMessageWithSource, Data: &discordgo.InteractionResponseData{
				Content: "How?", Flags: discordgo.MessageFlagsEphemeral, AllowedMentions: quiet(), Components: button("Against", "v1:no"),
			}})
		case discordgo.InteractionMessageComponent:
			err = d.InteractionRespond(i.Interaction, form())
		case discordgo.InteractionModalSubmit:
			if err = d.InteractionRespond(i.Interaction, &discordgo.InteractionResponse{
				Type: discordgo.InteractionResponseDeferredChannelMessageWithSource, Data: &discordgo.InteractionResponseData{Flags: discordgo.MessageFlagsEphemeral},
			}); err == nil {
				text := "Recorded"
				_, err = d.InteractionResponseEdit(i.Interaction, &discordgo.WebhookEdit{Content: &text, AllowedMentions: quiet()})
			}
			if err == nil {
				_, err = d.FollowupMessageCreate(i.Interaction, true, &discordgo.WebhookParams{Content: "A vote came in", AllowedMentions: quiet()})
			}
		}
		if err != nil {
			t.Error(err)
		}
		heard <- i
	})
	if _, err := d.ApplicationCommandBulkOverwrite(s.BotID(), "", voteCommand()); err != nil {
		t.Fatal(err)
	}
	if c := s.Commands(""); len(c) != 1 || c[0].Names["id"] != "suara" || !c[0].Options[0].Required {
		t.Errorf("registered %+v", c)
	}

	id := must(s.Autocomplete(p.channel, p.citra, "vote", "number", Opt{"number", "7"}))(t)
	r := must(s.WaitResponse(within10s(t), id))(t)
	if len(r.Choices) != 1 || r.Choices[0].Name != "7 Lime soap" {
		t.Errorf("choices %v", r.Choices)
	}
	if i := <-heard; !i.ApplicationCommandData().Options[0].Focused {
		t.Error("the option is not focused")
	}

	id = must(s.Slash(p.channel, p.citra, "vote", Opt{"number", 7}, Opt{"who", UserOption(p.budi)}))(t)
	r = must(s.WaitResponse(within10s(t), id))(t)
	if !r.Message.Ephemeral || len(s.Messages(p.channel, p.citra)) != 1 || len(s.Messages(p.channel, p.budi)) != 0 {
		t.Errorf("the answer is seen wrongly: %+v", r)
	}
	i := <-heard
	data := i.ApplicationCommandData()
	if data.Options[0].IntValue() != 7 || data.Resolved.Users[p.budi].GlobalName != "Budi" || data.Resolved.Members[p.budi].Permissions&discordgo.PermissionManageGuild == 0 {
		t.Errorf("the command arrived as %+v", data)
	}
	if i.Member.User.ID != p.citra || i.Member.Permissions&discordgo.PermissionManageGuild != 0 || string(i.Locale) != "id" || i.GuildID != p.guild {
		t.Errorf("the person arrived as %+v", i.Member)
	}

	id = must(s.PressButton(p.channel, p.citra, "Against"))(t)
	r = must(s.WaitResponse(within10s(t), id))(t)
	if r.Modal == nil || r.Modal.Title != "Reason" || !r.Modal.Inputs[0].Paragraph {
		t.Fatalf("no form: %+v", r)
	}
	if i := <-heard; i.Message.Flags&discordgo.MessageFlagsEphemeral == 0 || i.MessageComponentData().CustomID != "v1:no" {
		t.Errorf("the button arrived as %+v", i.Interaction)
	}
	if _, err := s.Submit(id, map[string]string{"why": ""}); err == nil {
		t.Error("an empty required input was submitted")
	}
	id = must(s.Submit(id, map[string]string{"why": "too dear"}))(t)
	if err := s.WaitFor(within10s(t), func(w *World) bool { return len(w.Response(id).FollowUps) == 1 }); err != nil {
		t.Fatal(err)
	}
	r = s.Response(id)
	if !r.Settled() || r.Message.Content != "Recorded" || !r.Message.Ephemeral || r.Message.Edits != 0 || r.FollowUps[0].Ephemeral {
		t.Errorf("answered %+v", r)
	}
	if seen := s.Messages(p.channel, p.budi); len(seen) != 1 || seen[0].Content != "A vote came in" {
		t.Errorf("others see %v", seen)
	}
	if l := s.Latencies(); l.Count != 4 || l.Max <= 0 {
		t.Errorf("latencies %+v", l)
	}
}

func TestBoardIsEdited(t *testing.T) {
	t.Parallel()
	s := Start(t)
	p := somewhere(s)
	d := newSession(t, s)
	m := must(d.ChannelMessageSendComplex(p.channel, &discordgo.MessageSend{
		Embeds: []*discordgo.MessageEmbed{{Title: "Board", Description: "one"}}, AllowedMentions: quiet(), Components: button("Vote", "v"),
	}))(t)
	edit := discordgo.NewMessageEdit(p.channel, m.ID).SetEmbeds([]*discordgo.MessageEmbed{{Title: "Board", Description: "two"}})
	edit.AllowedMentions = quiet()
	if _, err := d.ChannelMessageEditComplex(edit); err != nil {
		t.Fatal(err)
	}
	got := s.Last(p.channel, "")
	if got.Text() != "Board\ntwo" || got.Edits != 1 || got.ID != m.ID || got.Labels()[0] != "Vote" || s.Edits(p.channel) != 1 {
		t.Errorf("the board is %+v", got)
	}
	if s.Calls(RouteCreateMessage) != 1 || s.Calls(AnyRoute) != 2 || s.Requests()[1].Route != RouteEditMessage {
		t.Errorf("requests %+v", s.Requests())
	}
}

// TestDiscordgoReconnects sees that the real client comes back after op 7 and with its
// session.
func TestDiscordgoReconnects(t *testing.T) {
	t.Parallel()
	s := Start(t)
	w := somewhere(s)
	resumed := make(chan struct{}, 1)
	var once sync.Once
	d := newSession(t, s)
	d.ShouldReconnectOnError = true
	d.AddHandler(func(*discordgo.Session, *discordgo.Resumed) { once.Do(func() { close(resumed) }) })
	if err := d.Open(); err != nil {
		t.Fatal(err)
	}
	defer func() {
		d.ShouldReconnectOnError = false
		_ = d.Close()
	}()
	if _, err := d.State.Guild(w.guild); err != nil {
		t.Error(err)
	}
	s.RequestReconnect()
	select {
	case <-resumed:
	case <-within10s(t).Done():
		t.Fatal("no RESUMED")
	}
}

// TestChosenThingsAreResolved hands over a file, a role and a person.
func TestChosenThingsAreResolved(t *testing.T) {
	t.Parallel()
	s := Start(t)
	p := somewhere(s)
	heard := make(chan *discordgo.InteractionCreate, 2)
	d := opened(t, s, func(_ *discordgo.Session, i *discordgo.InteractionCreate) { heard <- i })
	must(d.ApplicationCommandBulkOverwrite(s.BotID(), "", []*discordgo.ApplicationCommand{{
		Name: "import", Description: "Import", Options: []*discordgo.ApplicationCommandOption{
			{Type: discordgo.ApplicationCommandOptionAttachment, Name: "file", Description: "A file"},
			{Type: discordgo.ApplicationCommandOptionRole, Name: "role", Description: "A role"},
			{Type: discordgo.ApplicationCommandOptionChannel, Name: "where", Description: "A channel"},
		},
	}}))(t)
	role := must(d.GuildMember(p.guild, p.budi))(t).Roles[0]
	must(s.Slash(p.channel, p.citra, "import", Opt{"file", File{Name: "a.csv", MIME: "text/csv", Content: []byte("a,b")}}, Opt{"role", RoleOption(role)}, Opt{"where", ChannelOption(p.channel)}))(t)
	data := (<-heard).ApplicationCommandData()
	file := data.Resolved.Attachments[data.Options[0].Value.(string)]
	if file == nil || file.Filename != "a.csv" || data.Resolved.Roles[role] == nil || data.Resolved.Channels[p.channel].Name != "umum" {
		t.Fatalf("resolved %+v", data.Resolved)
	}
	resp, err := d.Client.Get(file.URL)
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	if resp.StatusCode != 200 || resp.ContentLength != 3 {
		t.Errorf("the file's address: %s, %d bytes", resp.Status, resp.ContentLength)
	}

	m := must(d.ChannelMessageSendComplex(p.channel, &discordgo.MessageSend{Content: "Who?", AllowedMentions: quiet(), Components: []discordgo.MessageComponent{
		discordgo.ActionsRow{Components: []discordgo.MessageComponent{discordgo.SelectMenu{MenuType: discordgo.UserSelectMenu, CustomID: "who"}}},
	}}))(t)
	must(s.Choose(p.channel, m.ID, p.citra, "who", p.budi))(t)
	chosen := (<-heard).MessageComponentData()
	if chosen.ComponentType != discordgo.UserSelectMenuComponent || chosen.Resolved.Users[p.budi] == nil || chosen.Values[0] != p.budi {
		t.Errorf("chosen %+v", chosen)
	}
}
