package acp

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
)

// idPattern is what the id of an agent may be.
var idPattern = regexp.MustCompile(`^[a-z][a-z0-9-]*$`)

// taken are the ids of Parley's own agents.
var taken = map[string]bool{"claude": true, "codex": true, "opencode": true, "amp": true, "mock": true, GeminiID: true}

// CheckID says what is wrong with the id of a configured agent.
func CheckID(id string) error {
	switch {
	case !idPattern.MatchString(id):
		return fmt.Errorf("id %q: only small letters, digits and hyphens, a letter first", id)
	case taken[id]:
		return fmt.Errorf("id %q: is the name of an agent of Parley's own", id)
	}
	return nil
}

// ParseCommand reads a command as it is written in a shell, with or without an id: "goose=goose acp", "goose acp". Quotes and
// backslashes keep words together; nothing is expanded.
func ParseCommand(s string) (Config, error) {
	c := Config{ID: DefaultID}
	command := s
	if id, rest, ok := strings.Cut(s, "="); ok && !strings.ContainsAny(id, " \t'\"\\/") {
		c.ID, command = id, rest
	}
	if err := CheckID(c.ID); err != nil {
		return Config{}, err
	}
	words, err := splitWords(command)
	switch {
	case err != nil:
		return Config{}, fmt.Errorf("command %q: %w", s, err)
	case len(words) == 0 || words[0] == "":
		return Config{}, fmt.Errorf("command %q: no program", s)
	}
	c.Command, c.Args = words[0], words[1:]
	return c, nil
}

// splitter splits a text into words as a shell does.
type splitter struct {
	words   []string
	word    strings.Builder
	quote   rune // that the text is within; 0 = none
	inWord  bool
	escaped bool
}

var errQuote = errors.New("a quote is not closed")

func splitWords(text string) ([]string, error) {
	var s splitter
	for _, r := range text {
		s.take(r)
	}
	if s.quote != 0 || s.escaped {
		return nil, errQuote
	}
	s.end()
	return s.words, nil
}

func (s *splitter) take(r rune) {
	switch {
	case s.escaped:
		s.escape(r)
	case r == '\\' && s.quote != '\'':
		s.escaped, s.inWord = true, true
	case s.quote != 0 && r == s.quote:
		s.quote = 0
	case s.quote == 0 && (r == '\'' || r == '"'):
		s.quote, s.inWord = r, true
	case s.quote == 0 && strings.ContainsRune(" \t\r\n", r):
		s.end()
	default:
		s.word.WriteRune(r)
		s.inWord = true
	}
}

// escape takes what follows a backslash, which within quotes stands for itself before most letters.
func (s *splitter) escape(r rune) {
	if s.quote != 0 && !strings.ContainsRune("\"\\$`\n", r) {
		s.word.WriteRune('\\')
	}
	s.word.WriteRune(r)
	s.escaped = false
}

func (s *splitter) end() {
	if s.inWord {
		s.words = append(s.words, s.word.String())
		s.word.Reset()
	}
	s.inWord = false
}
