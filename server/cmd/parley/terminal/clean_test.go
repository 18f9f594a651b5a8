package terminal

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestClean(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"plain é漢字🙂 שלום\n\ttext": "plain é漢字🙂 שלום\n\ttext",
		"\x1b[31mred\x07":         "␛[31mred␇",
		"windows\r\nlines":        "windows\nlines",
		"over\rwritten\b\x7f":     "over␍written␈␡",
		"\u009b31m\u0085":         "<U+009B>31m<U+0085>",
		"a\u202eb\u2066\u200f":    "a<U+202E>b<U+2066><U+200F>",
		"\u2028\U000E0041":        "<U+2028><U+E0041>",
	} {
		if got := clean(text); got != want {
			t.Errorf("%q is %q, want %q", text, got, want)
		}
	}
}

// TestExact: two commands that are not the same do not look the same.
func TestExact(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"rm a\u200bb\u00ad\u3164": "rm a<U+200B>b<U+00AD><U+3164>",
		"\x1b[31m\ufeff":          "␛[31m<U+FEFF>",
		"⚠️ 👩\u200d👧 שלום\n\tgo":  "⚠️ 👩\u200d👧 שלום\n\tgo",
	} {
		if got := facts(map[string]any{"command": text}); len(got) != 1 || strings.ReplaceAll(got[0], "\n    ", "\n") != "command: "+want {
			t.Errorf("%q is %q, want %q", text, got, want)
		}
	}
}

func TestFlat(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text  string
		limit int
		want  string
	}{
		{"a\n\n b\tc ", 10, "a b c"},
		{"ééééé", 5, "ééééé"},
		{"éééééé", 5, "éééé…"},
		{strings.Repeat("x", 1<<20), 5, "xxxx…"},
		{"", 5, ""},
		{"\x1b[2J", 9, "␛[2J"},
	} {
		if got := flat(c.text, c.limit); got != c.want {
			t.Errorf("%.20q is %q, want %q", c.text, got, c.want)
		}
	}
}

// FuzzClean never lets anything harmful through, wherever a text is cut in two, and never gives a line more room than it has.
func FuzzClean(f *testing.F) {
	f.Add("\x1b[31m\u202e é\r\n", 3)
	f.Fuzz(func(t *testing.T, text string, at int) {
		if !utf8.ValidString(clean(text)) || strings.ContainsFunc(clean(text), harmful) || strings.ContainsFunc(line(text), unprintable) {
			t.Errorf("%q is %q", text, clean(text))
		}
		limit := max(1, at%200)
		if n := utf8.RuneCountInString(flat(text, limit)); n > limit {
			t.Errorf("%q has %d characters, not %d", flat(text, limit), n, limit)
		}
		var whole, parts bytes.Buffer
		c := &cleaner{out: newConsole(&whole)}
		_, _ = c.Write([]byte(text))
		cut := min(max(0, at), len(text))
		c = &cleaner{out: newConsole(&parts)}
		_, _ = c.Write([]byte(text[:cut]))
		_, _ = c.Write([]byte(text[cut:]))
		if got := parts.String(); !utf8.ValidString(got) || strings.ContainsFunc(got, harmful) {
			t.Errorf("%q is shown as %q", text, got)
		}
	})
}

// FuzzJSON gives programs the same value, and terminals nothing harmful.
func FuzzJSON(f *testing.F) {
	f.Add("\x1b\u009b\u202e<&>\U000E0041\x7f")
	f.Fuzz(func(t *testing.T, text string) {
		if !utf8.ValidString(text) {
			t.Skip("JSON is UTF-8")
		}
		var out bytes.Buffer
		if err := printJSON(&out, map[string]string{"text": text}); err != nil {
			t.Fatal(err)
		}
		var back map[string]string
		err := json.Unmarshal(out.Bytes(), &back)
		if err != nil || !reflect.DeepEqual(back, map[string]string{"text": text}) || bytes.ContainsFunc(out.Bytes(), harmful) {
			t.Errorf("%q is %q: %v", text, out.String(), err)
		}
	})
}
