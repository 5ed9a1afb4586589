package discord

import (
	"encoding/json"
	"strings"

	"github.com/bwmarrin/discordgo"
)

// interaction is what we read of an interaction. discordgo's own type loses everything when one part of it is unknown.
type interaction struct {
	ID             string                    `json:"id"`
	Application    string                    `json:"application_id"`
	Type           discordgo.InteractionType `json:"type"`
	Token          string                    `json:"token"`
	Guild          string                    `json:"guild_id"`
	ChannelID      string                    `json:"channel_id"`
	Channel        *channel                  `json:"channel"`
	Member         *member                   `json:"member"` // in guilds
	User           *user                     `json:"user"`   // elsewhere
	Locale         string                    `json:"locale"`
	AppPermissions string                    `json:"app_permissions"`
	Message        *struct {
		ID    string `json:"id"`
		Flags int64  `json:"flags"`
	} `json:"message"`
	Data json.RawMessage `json:"data"` // decoded by type
}

type channel struct {
	ID         string                `json:"id"`
	Type       discordgo.ChannelType `json:"type"`
	Parent     string                `json:"parent_id"`
	Guild      string                `json:"guild_id"`
	Position   int                   `json:"position"`
	Overwrites []overwrite           `json:"permission_overwrites"`
}

func (c *channel) thread() bool {
	switch c.Type {
	case discordgo.ChannelTypeGuildNewsThread, discordgo.ChannelTypeGuildPublicThread, discordgo.ChannelTypeGuildPrivateThread:
		return true
	}
	return false
}

// overwrite changes what a role or member may do in a channel.
type overwrite struct {
	ID    string `json:"id"`
	Type  int    `json:"type"` // 0: role, 1: member
	Allow bits   `json:"allow"`
	Deny  bits   `json:"deny"`
}

type member struct {
	User        *user    `json:"user"`
	Nick        string   `json:"nick"`
	Roles       []string `json:"roles"`
	Permissions string   `json:"permissions"`
}

type user struct {
	ID         string `json:"id"`
	Username   string `json:"username"`
	GlobalName string `json:"global_name"`
	Bot        bool   `json:"bot"`
}

// bits are permissions, which Discord writes as a decimal string.
type bits int64

// UnmarshalJSON takes a string or a number.
func (b *bits) UnmarshalJSON(raw []byte) error {
	var n json.Number
	if err := json.Unmarshal([]byte(strings.Trim(string(raw), `"`)), &n); err != nil {
		return err
	}
	v, err := n.Int64()
	*b = bits(v)
	return err
}

// commandData is the data of a command, or of one that is being typed.
type commandData struct {
	Name     string  `json:"name"`
	Options  []typed `json:"options"`
	Resolved struct {
		Attachments map[string]attachment `json:"attachments"`
	} `json:"resolved"`
}

// typed is an option as it was filled in. The value is a string, unless somebody sends something else.
type typed struct {
	Name    string                                 `json:"name"`
	Type    discordgo.ApplicationCommandOptionType `json:"type"`
	Value   json.RawMessage                        `json:"value"`
	Focused bool                                   `json:"focused"`
}

type attachment struct {
	ID          string `json:"id"`
	Name        string `json:"filename"`
	ContentType string `json:"content_type"`
}

// componentData is the data of a button or select menu.
type componentData struct {
	CustomID string   `json:"custom_id"`
	Values   []string `json:"values"`
}

// modalData is what was typed into a window: inputs in rows, or in labels.
type modalData struct {
	CustomID   string `json:"custom_id"`
	Components []struct {
		Components []modalInput `json:"components"`
		Component  *modalInput  `json:"component"`
	} `json:"components"`
}

type modalInput struct {
	CustomID string `json:"custom_id"`
	Value    string `json:"value"`
}

// guild is what we read of a guild.
type guild struct {
	ID          string    `json:"id"`
	Unavailable bool      `json:"unavailable"`
	JoinedAt    string    `json:"joined_at"`
	Owner       string    `json:"owner_id"`
	System      string    `json:"system_channel_id"`
	Channels    []channel `json:"channels"`
	Members     []member  `json:"members"`
	Roles       []struct {
		ID          string `json:"id"`
		Permissions bits   `json:"permissions"`
	} `json:"roles"`
}

// ready begins a session.
type ready struct {
	SessionID string `json:"session_id"`
	Resume    string `json:"resume_gateway_url"`
	Guilds    []struct {
		ID string `json:"id"`
	} `json:"guilds"`
}

// outgoing is a message on its way, for every place one can go to.
type outgoing struct {
	Content    string            `json:"content"`
	Embeds     []embed           `json:"embeds"`
	Components []row             `json:"components"`
	Mentions   allowedMentions   `json:"allowed_mentions"`
	Flags      int64             `json:"flags,omitempty"`
	Reference  *reference        `json:"message_reference,omitempty"`
	Nonce      string            `json:"nonce,omitempty"`
	Enforce    bool              `json:"enforce_nonce,omitempty"`
	Files      []attachmentNamed `json:"attachments,omitempty"`
}

type embed struct {
	Description string `json:"description"`
	Color       int    `json:"color,omitempty"`
}

// allowedMentions always has an empty Parse: what a person typed never pings.
type allowedMentions struct {
	Parse []string `json:"parse"`
	Users []string `json:"users,omitempty"`
}

type reference struct {
	MessageID string `json:"message_id"`
	Strict    bool   `json:"fail_if_not_exists"`
}

type attachmentNamed struct {
	ID   string `json:"id"` // the number of the file in the form
	Name string `json:"filename"`
}

// row holds up to five buttons, one select menu, or one input.
type row struct {
	Type       discordgo.ComponentType `json:"type"`
	Components []any                   `json:"components"`
}

type button struct {
	Type     discordgo.ComponentType `json:"type"`
	Style    discordgo.ButtonStyle   `json:"style"`
	Label    string                  `json:"label"`
	CustomID string                  `json:"custom_id,omitempty"`
	URL      string                  `json:"url,omitempty"`
}

type selectMenu struct {
	Type        discordgo.ComponentType `json:"type"`
	CustomID    string                  `json:"custom_id"`
	Options     []selectOption          `json:"options"`
	Placeholder string                  `json:"placeholder,omitempty"`
	Min         int                     `json:"min_values"`
	Max         int                     `json:"max_values"`
}

type selectOption struct {
	Label   string `json:"label"`
	Value   string `json:"value"`
	Default bool   `json:"default,omitempty"`
}

type textInput struct {
	Type        discordgo.ComponentType  `json:"type"`
	CustomID    string                   `json:"custom_id"`
	Style       discordgo.TextInputStyle `json:"style"`
	Label       string                   `json:"label"`
	Placeholder string                   `json:"placeholder,omitempty"`
	Value       string                   `json:"value,omitempty"`
	Required    bool                     `json:"required"`
	MaxLength   int                      `json:"max_length,omitempty"`
}

// callback is the first response to an interaction.
type callback struct {
	Type discordgo.InteractionResponseType `json:"type"`
	Data any                               `json:"data,omitempty"`
}

type flagged struct {
	Flags int64 `json:"flags"`
}

type modal struct {
	CustomID   string `json:"custom_id"`
	Title      string `json:"title"`
	Components []row  `json:"components"`
}

type choices struct {
	Choices []choice `json:"choices"`
}

type choice struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// sent is what comes back of a message.
type sent struct {
	ID      string  `json:"id"`
	Content string  `json:"content"`
	Embeds  []embed `json:"embeds"`
}

// Flags of messages.
const (
	flagEphemeral = int64(discordgo.MessageFlagsEphemeral)
	flagNoUnfold  = int64(discordgo.MessageFlagsSuppressEmbeds)
	flagSilent    = int64(discordgo.MessageFlagsSuppressNotifications)
)
