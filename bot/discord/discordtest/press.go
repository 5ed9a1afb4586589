package discordtest

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"
)

// The types of components.
const (
	componentRow        = 1
	componentButton     = 2
	componentSelect     = 3
	componentInput      = 4
	componentUserSelect = 5
	componentLabel      = 18

	styleLink    = 5
	stylePremium = 6
)

// Press lets a person press a button. The id need not be of any button there: clients
// can send what they like. The message must be one the person sees.
func (s *Server) Press(channel, message, user, customID string) (string, error) {
	return s.use(channel, message, user, object{"custom_id": customID, "component_type": componentButton})
}

// Choose lets a person choose values in a select, whatever is offered there: ids in a
// select of people, roles or channels.
func (s *Server) Choose(channel, message, user, customID string, values ...string) (string, error) {
	return s.use(channel, message, user, object{"custom_id": customID, "component_type": componentSelect, "values": anys(values)})
}

func anys(values []string) []any {
	out := make([]any, len(values))
	for i, v := range values {
		out[i] = v
	}
	return out
}

func (s *Server) use(channel, message, user string, data object) (string, error) {
	w := s.lock()
	defer s.unlock()
	ch, p := w.mustChannel(channel), w.mustUser(user)
	if err := w.mayAct(ch, p); err != nil {
		return "", err
	}
	m := ch.find(message)
	if m == nil || m.ephemeral() && m.to != user {
		return "", fmt.Errorf("discordtest: user %s sees no message %s in channel %s", user, message, channel)
	}
	data["id"] = 1
	if o := component(m.numbered(), asText(data["custom_id"])); o != nil {
		data["id"] = o["id"]
		if data["values"] != nil {
			data["component_type"] = asNumber(o["type"])
			w.resolve(ch, data)
		}
	}
	return w.interact(kindComponent, ch, p, m, data).id, nil
}

// component finds a component by its id, however deep it lies.
func component(list []any, customID string) object {
	for _, v := range list {
		o := asObject(v)
		if asText(o["custom_id"]) == customID {
			return o
		}
		if found := component(asList(o["components"]), customID); found != nil {
			return found
		}
		if a := o["accessory"]; a != nil && asText(asObject(a)["custom_id"]) == customID {
			return asObject(a)
		}
	}
	return nil
}

// resolve tells about the people, roles and channels that were chosen.
func (w *World) resolve(ch *channel, data object) {
	if asNumber(data["component_type"]) == componentSelect {
		return
	}
	f := filling{w: w, guild: ch.guild, resolved: object{}}
	for _, v := range asList(data["values"]) {
		id := asText(v)
		if p := w.users[id]; p != nil {
			f.resolve(p)
		} else if c := w.channels[id]; c != nil {
			put(f.resolved, "channels", id, w.partialChannel(c, &person{}))
		} else {
			f.resolveRole(id)
		}
	}
	data["resolved"] = f.resolved
}

// PressButton presses the button with this label on the newest message that has one and
// that the person sees. The error lists the labels there are.
func (s *Server) PressButton(channel, user, label string) (string, error) {
	var labels []string
	for _, m := range slices.Backward(s.Messages(channel, user)) {
		for _, row := range m.Buttons {
			for _, b := range row {
				switch {
				case b.Label != label || b.CustomID == "":
				case b.Disabled:
					return "", fmt.Errorf("discordtest: the button %q is disabled", label)
				default:
					return s.Press(channel, m.ID, user, b.CustomID)
				}
				labels = append(labels, strconv.Quote(b.Label))
			}
		}
	}
	if labels == nil {
		return "", fmt.Errorf("discordtest: no message in channel %s has a button, %q was wanted", channel, label)
	}
	return "", fmt.Errorf("discordtest: no button %q in channel %s; there are %s", label, channel, strings.Join(labels, ", "))
}

// ChooseOptions chooses by labels in the newest select that offers the first of them and
// that the person sees.
func (s *Server) ChooseOptions(channel, user string, labels ...string) (string, error) {
	var offered []string
	for _, m := range slices.Backward(s.Messages(channel, user)) {
		for _, sel := range m.Selects {
			values := sel.values(labels)
			switch {
			case values == nil:
			case sel.Disabled:
				return "", fmt.Errorf("discordtest: the select %q is disabled", sel.CustomID)
			case len(values) < sel.Min || len(values) > sel.Max:
				return "", fmt.Errorf("discordtest: %d values chosen, %d to %d are allowed", len(values), sel.Min, sel.Max)
			default:
				return s.Choose(channel, m.ID, user, sel.CustomID, values...)
			}
			for _, o := range sel.Options {
				offered = append(offered, strconv.Quote(o.Label))
			}
		}
	}
	return "", fmt.Errorf("discordtest: no select in channel %s offers all of %q; there are %s", channel, labels, strings.Join(offered, ", "))
}

func (sel Select) values(labels []string) []string {
	var out []string
	for _, label := range labels {
		n := slices.IndexFunc(sel.Options, func(o SelectOption) bool { return o.Label == label })
		if n < 0 {
			return nil
		}
		out = append(out, sel.Options[n].Value)
	}
	return out
}

// Submit lets a person fill in the form that an interaction was answered with, by the
// inputs' custom ids, and submit it. Inputs that are not named keep what stands in them.
// Like a client it refuses, with an error, what the form does not allow.
func (s *Server) Submit(form string, values map[string]string) (string, error) {
	w := s.lock()
	defer s.unlock()
	i := w.mustInteraction(form)
	if i.modal == nil {
		return "", fmt.Errorf("discordtest: interaction %s was not answered with a form", form)
	}
	if err := w.mayAct(i.channel, i.user); err != nil {
		return "", err
	}
	known := make(map[string]bool)
	rows := []any{}
	for n, in := range i.modal.Inputs {
		known[in.CustomID] = true
		value, given := values[in.CustomID]
		if !given {
			value = in.Value
		}
		if err := in.takes(value); err != nil {
			return "", err
		}
		field := object{"type": componentInput, "id": 2*n + 2, "custom_id": in.CustomID, "value": value}
		if in.labelled {
			rows = append(rows, object{"type": componentLabel, "id": 2*n + 1, "component": field})
		} else {
			rows = append(rows, object{"type": componentRow, "id": 2*n + 1, "components": []any{field}})
		}
	}
	for name := range values {
		if !known[name] {
			return "", fmt.Errorf("discordtest: the form has no input %q", name)
		}
	}
	submitted := &interaction{kind: kindModal, user: i.user, channel: i.channel, message: i.message, trigger: i}
	return w.deliver(submitted, object{"custom_id": i.modal.CustomID, "components": rows}).id, nil
}

func (in TextInput) takes(value string) error {
	n := len(utf16.Encode([]rune(value)))
	switch {
	case n == 0 && in.Required:
		return fmt.Errorf("discordtest: the input %q must not be empty", in.Label)
	case n > 0 && n < in.Min || n > in.Max:
		return fmt.Errorf("discordtest: the input %q takes %d to %d characters, not %d", in.Label, in.Min, in.Max, n)
	}
	return nil
}

// Interact sends an interaction with any data as Discord would frame it: for what no
// client sends. Its kind is 2 command, 3 component, 4 autocomplete, 5 modal; message may
// be "".
func (s *Server) Interact(kind int, channel, user, message string, data map[string]any) string {
	w := s.lock()
	defer s.unlock()
	ch, p := w.mustChannel(channel), w.mustUser(user)
	return w.interact(kind, ch, p, ch.find(message), data).id
}

// SayOption describes a message of a person.
type SayOption func(*channel, *message)

// ReplyTo makes the message a reply.
func ReplyTo(id string) SayOption { return func(c *channel, m *message) { m.reply = c.find(id) } }

// WithFile attaches a file.
func WithFile(name, mime string, content []byte) SayOption {
	return func(_ *channel, m *message) {
		m.files = append(m.files, File{Name: name, MIME: mime, Content: content})
	}
}

// Say lets a person write a message and returns its id.
func (s *Server) Say(channel, user, text string, opts ...SayOption) (string, error) {
	w := s.lock()
	defer s.unlock()
	ch, p := w.mustChannel(channel), w.mustUser(user)
	switch {
	case ch.guild != nil && ch.guild.members[user] == nil:
		return "", fmt.Errorf("discordtest: user %s is no member of guild %s", user, ch.guild.id)
	case ch.deleted || ch.kind == directMessage && ch.person != p:
		return "", errors.New("discordtest: this channel is closed to the user")
	}
	author := p.User
	m := &message{channel: ch, author: &author, content: text}
	for _, o := range opts {
		o(ch, m)
	}
	m.files = w.keep(m.files)
	if ch.kind == directMessage {
		p.opened = true
	}
	w.add(ch, m)
	w.announce("MESSAGE_CREATE", m)
	return m.id, nil
}

// DeleteMessage lets somebody with the right to do so delete a message.
func (s *Server) DeleteMessage(channel, id string) {
	w := s.lock()
	defer s.unlock()
	if m := w.mustChannel(channel).find(id); m != nil {
		w.remove(m)
	}
}

// ExpireResponse says that the time for the first response to an interaction is over:
// the next one gets 404, code 10062.
func (s *Server) ExpireResponse(interaction string) {
	w := s.lock()
	defer s.unlock()
	w.mustInteraction(interaction).late = true
}

// ExpireToken says that the 15 minutes of an interaction are over: 401, code 50027.
func (s *Server) ExpireToken(interaction string) { s.expire(interaction, invalidToken) }

// ForgetToken makes the token of an interaction unknown: 404, code 10015.
func (s *Server) ForgetToken(interaction string) { s.expire(interaction, unknownWebhook) }

func (s *Server) expire(interaction string, c Code) {
	w := s.lock()
	defer s.unlock()
	w.mustInteraction(interaction).expired = c
}

// Redeliver sends an interaction a second time with the same id and token, as it happens
// after a resume.
func (s *Server) Redeliver(interaction string) {
	w := s.lock()
	defer s.unlock()
	i := w.mustInteraction(interaction)
	w.dispatch(guildID(i.channel), "INTERACTION_CREATE", always(i.sentAs))
}
