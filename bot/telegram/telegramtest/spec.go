package telegramtest

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"sync"
)

// specFile is the foreign specification, see shared/specs/README.md.
const specFile = "telegram-bot-api-10.1.json"

// spec is the part of the specification that judges requests. It is never changed after
// it was read.
type spec struct {
	Methods map[string]specMethod `json:"methods"`
	Types   map[string]specType   `json:"types"`
}

type specMethod struct {
	Fields []specField `json:"fields"`
}

type specType struct {
	Fields   []specField `json:"fields"`
	Subtypes []string    `json:"subtypes"`
}

type specField struct {
	Name        string   `json:"name"`
	Types       []string `json:"types"`
	Required    bool     `json:"required"`
	Description string   `json:"description"`
}

// constant is the one value a field may have, by which the subtypes of a type are told
// apart: the specification says must be NAME, or: always "NAME".
func (f specField) constant() string {
	if f.Name != "type" && f.Name != "source" && f.Name != "status" {
		return ""
	}
	if _, rest, found := strings.Cut(f.Description, `always "`); found {
		name, _, _ := strings.Cut(rest, `"`)
		return name
	}
	if _, rest, found := strings.Cut(f.Description, "must be "); found {
		return strings.TrimRight(strings.Fields(rest)[0], ".,")
	}
	return ""
}

// usualSpec is read once for all servers of a process: it is 600 kB and a constant.
var usualSpec = sync.OnceValue(func() *spec { return readSpec(usualSpecsDir()) })

func (s *settings) findSpec() *spec {
	if s.specsDir != "" {
		return readSpec(s.specsDir)
	}
	return usualSpec()
}

// usualSpecsDir is KLASTER_SPECS, else ../shared/specs beside the root of the repository.
func usualSpecsDir() string {
	if dir := os.Getenv("KLASTER_SPECS"); dir != "" {
		return dir
	}
	dir, err := os.Getwd()
	if err != nil {
		return ""
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return filepath.Join(dir, "..", "shared", "specs")
		}
		up := filepath.Dir(dir)
		if up == dir {
			return ""
		}
		dir = up
	}
}

// readSpec is nil when the file is not there. One that cannot be read is a defect, not
// an absence.
func readSpec(dir string) *spec {
	raw, err := os.ReadFile(filepath.Join(dir, specFile)) //nolint:gosec // a path of the test's own choice
	if err != nil {
		return nil
	}
	s := new(spec)
	if err := json.Unmarshal(raw, s); err != nil {
		panic("telegramtest: " + specFile + ": " + err.Error())
	}
	return s
}

// oldNames are parameters the real server still takes although the specification has
// dropped them; telegram-bot-api v5.5.1 sends them.
func oldNames(name string) []string {
	switch name {
	case "reply_to_message_id", "correct_option_id":
		return []string{"Integer"}
	case "allow_sending_without_reply", "disable_web_page_preview":
		return []string{"Boolean"}
	case "thumb":
		return []string{"InputFile", "String"}
	}
	return nil
}

// renamed is today's name of a method.
func renamed(method string) string {
	if method == "getChatMembersCount" {
		return "getChatMemberCount"
	}
	return method
}
