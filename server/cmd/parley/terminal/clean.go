package terminal

import (
	"fmt"
	"strings"
	"unicode"
)

// clean makes a text harmless for a terminal, and shows what was in it: escape sequences, other control characters and marks that
// turn the order of writing around become visible signs. Line feeds and tabs stay.
func clean(text string) string {
	text = strings.ToValidUTF8(text, string(unicode.ReplacementChar))
	if !strings.ContainsFunc(text, harmful) {
		return text
	}
	var b strings.Builder
	for _, r := range strings.ReplaceAll(text, "\r\n", "\n") {
		if harmful(r) {
			b.WriteString(visible(r))
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}

// harmful tells whether a terminal would do something else with a character than show it where it stands.
func harmful(r rune) bool {
	switch {
	case r == '\n' || r == '\t':
		return false
	case r == unicode.ReplacementChar:
		return false
	case r >= 0xE0000 && r <= 0xE007F: // tags, which nothing shows
		return true
	}
	return unicode.In(r, unicode.Cc, unicode.Zl, unicode.Zp, unicode.Bidi_Control)
}

// exact is clean for what a person agrees to: what nobody sees is shown too. What joins or styles emoji stays.
func exact(text string) string {
	var b strings.Builder
	for _, r := range clean(text) {
		if unseen(r) {
			b.WriteString(visible(r))
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}

// unseen tells a character that takes no room.
func unseen(r rune) bool {
	return r != '\u200d' && unicode.In(r, unicode.Cf, unicode.Other_Default_Ignorable_Code_Point)
}

// visible is the sign for a control character: its picture where Unicode has one.
func visible(r rune) string {
	switch {
	case r < 0x20:
		return string('␀' + r)
	case r == 0x7F:
		return "␡"
	}
	return fmt.Sprintf("<U+%04X>", r)
}

// flat is a text as a part of one line: cut to so many characters, with blanks for line feeds and tabs.
func flat(text string, limit int) string {
	head := text[:min(len(text), 8*(limit+1))] // no more is looked at than can be shown
	short := strings.Join(strings.Fields(clean(head)), " ")
	return cut(short, limit, len(head) < len(text))
}

// cut shortens a text to so many characters. longer says that there is more of it than was handed in.
func cut(text string, limit int, longer bool) string {
	runes := []rune(text)
	if len(runes) <= limit && !longer {
		return text
	}
	return strings.TrimRight(string(runes[:min(len(runes), max(limit-1, 0))]), " ") + "…"
}
