package protocol

import (
	"regexp"
	"strconv"
	"strings"
	"unicode"
)

// style is how names of one kind are written.
type style struct {
	name    string
	pattern *regexp.Regexp
}

var (
	kebab      = style{"kebab-case", regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)}
	promptPart = style{"kebab-case, with folders before it", regexp.MustCompile(`^([a-z0-9]+(-[a-z0-9]+)*/)*[a-z0-9]+(-[a-z0-9]+)*$`)}
	upperSnake = style{"UPPER_SNAKE_CASE", regexp.MustCompile(`^[A-Z][A-Z0-9_]*$`)}
	pascal     = style{"PascalCase", regexp.MustCompile(`^[A-Z][A-Za-z0-9]*$`)}
	camel      = style{"camelCase", regexp.MustCompile(`^[a-z][A-Za-z0-9]*$`)}
)

func (s style) matches(name string) bool { return s.pattern.MatchString(name) }

// check is where a name is declared.
func (s style) check(p place, what, name string) bool {
	if s.matches(name) {
		return true
	}
	p.errorf("the name of a %s is written in %s: %s", what, s.name, shown(name))
	return false
}

// unknown says that a word is not one of those that are known.
func (p place) unknown(what, word string, known []string) {
	if !p.log.room() { // to look for what was meant takes its time
		p.errorf("unknown")
		return
	}
	rest := "known are " + listed(known)
	if near, ok := nearest(word, known); ok {
		rest = "did you mean " + near + "?"
	} else if len(known) == 0 {
		rest = "there are none"
	}
	p.errorf("unknown %s: %s; %s", what, shown(word), rest)
}

// maxListed is how many known words are listed.
const maxListed = 20

func listed(words []string) string {
	if len(words) > maxListed {
		return strings.Join(words[:maxListed], ", ") + ", …"
	}
	return strings.Join(words, ", ")
}

// maxShown is how long a word may be to be shown whole.
const maxShown = 60

// shown is a word of a definition as a message shows it.
func shown(word string) string {
	if runes := []rune(word); len(runes) > maxShown {
		word = string(runes[:maxShown]) + "…"
	}
	if word == "" || strings.ContainsFunc(word, func(r rune) bool { return !unicode.IsPrint(r) }) {
		return strconv.Quote(word)
	}
	return word
}
