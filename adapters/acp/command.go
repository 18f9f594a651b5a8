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

// The places in which splitWords can be.
const (
	unquoted = rune(0)
	single   = '\''
	double   = '"'
)

var errQuote = errors.New("a quote is not closed")

// splitWords splits a text into words as a shell does.
func splitWords(s string) (words []string, err error) {
	var word strings.Builder
	within, inWord, escaped := unquoted, false, false
	for _, r := range s {
		switch {
		case escaped:
			if within == double && !strings.ContainsRune("\"\\$`\n", r) {
				word.WriteRune('\\')
			}
			word.WriteRune(r)
			escaped = false
		case r == '\\' && within != single:
			escaped, inWord = true, true
		case r == within: // ends the quotes
			within = unquoted
		case within != unquoted:
			word.WriteRune(r)
		case r == single || r == double:
			within, inWord = r, true
		case strings.ContainsRune(" \t\r\n", r):
			if inWord {
				words = append(words, word.String())
				word.Reset()
			}
			inWord = false
		default:
			word.WriteRune(r)
			inWord = true
		}
	}
	if within != unquoted || escaped {
		return nil, errQuote
	}
	if inWord {
		words = append(words, word.String())
	}
	return words, nil
}
