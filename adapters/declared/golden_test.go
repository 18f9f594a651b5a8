package declared

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/parleyhq/parley/adapters/adaptertest/model"
	"github.com/parleyhq/parley/openapi"
)

// scenarios are turns, whose logs are kept. The scripts say what the model does.
var scenarios = map[string]func(s *session){
	"text":     func(s *session) { s.say("think Hm.\\nWell.\nsay Hello there.\nusage 50 9 20 4") },
	"one-tool": func(s *session) { s.say(`tool get-weather {"city":"Rome"}`); s.answer(`{"sky":"blue"}`) },
	"two-tools": func(s *session) {
		s.say("say Looking.\ntool get-weather {\"city\":\"Rome\",\"days\":2}\nand tool note-mood {}\nand tool get-time\nsay All done.")
		s.answer(`"sunny"`, "null", "!no clock")
	},
	"chain": func(s *session) {
		s.say("tool get-weather {\"city\":\"Rome\"}\ntool get-time\nsay All done.")
		s.answer(`"sunny"`)
		s.answer(`"noon"`)
		s.say("say And you?")
	},
	"wrong-calls": func(s *session) {
		s.say("tool get-weather {\"town\":1}\nand tool get-rich {}\nand tool get-time\nsay Well.")
		s.answer(`"noon"`)
	},
	"all-wrong": func(s *session) { s.say("tool get-rich {}\nsay Well.") },
	"step-limit": func(s *session) {
		s.say(strings.Repeat("tool get-time\n", 6) + "say Never.")
		s.answer("1")
		s.answer("2")
		s.answer("3")
	},
	"object":   func(s *session) { s.fire("answer", said(`say {"text":"Hi","score":3}`)) },
	"repaired": func(s *session) { s.fire("answer", said(`say {"text":1}`)) },
	"hand-over": func(s *session) {
		s.say("say Hello.")
		s.fire("hand-over", map[string]any{"REASON": "He is angry."})
		s.answer(`{"id":17}`)
		s.fire("summary-again", said("tool get-time\nsay Twice."))
		s.answer(`"noon"`)
	},
	"ticket":   func(s *session) { s.fire("ticket", map[string]any{"REASON": "Broken"}); s.answer("!no tickets today") },
	"remember": func(s *session) { s.fire("remember", map[string]any{"TEXT": "Likes <tea>."}) },
	"shown": func(s *session) {
		s.fire("shown", map[string]any{"USER_MESSAGE": "say Hi.", "SHOWN": map[string]any{"a": 1}})
	},
	"abandoned": func(s *session) { s.say("tool get-time"); s.say("say Never mind.") },
	"unopened":  func(s *session) { s.fire("summary-again", said("say Hi.")) },
	"fault": func(s *session) {
		s.say("error 401 who are you")
		s.say("say Half\nerror 529 busy")
		s.say("say Again.")
	},
	"cut": func(s *session) { s.say("think Hm.\ncut Half a text"); s.say("say Again.") },
}

func said(text string) map[string]any { return map[string]any{"USER_MESSAGE": text} }

// each runs every scenario in both wires.
func each(t *testing.T, test func(t *testing.T, name, wire string, play func(*session))) {
	for name, play := range scenarios {
		for _, wire := range wires {
			t.Run(name+"/"+wire, func(t *testing.T) {
				t.Parallel()
				test(t, name, wire, play)
			})
		}
	}
}

func TestGolden(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, name, wire string, play func(*session)) {
		s := newSession(t, deskOf(t, newLibrary(t, providersOf(t, model.Start(t)))), options(wire))
		play(s)
		compare(t, filepath.Join("testdata", "golden", name+"."+wire+".golden"), printed(t, s.events()))
	})
}

// printed is a log without what every event has.
func printed(t testing.TB, log []openapi.Event) []byte {
	t.Helper()
	var b bytes.Buffer
	for _, e := range log {
		fmt.Fprintf(&b, "%s ", e.Type())
		enc := json.NewEncoder(&b)
		enc.SetEscapeHTML(false)
		if err := enc.Encode(e.Data); err != nil {
			t.Fatal(err)
		}
	}
	return []byte(plainIDs(b.String()))
}

var (
	randomIDs = regexp.MustCompile(`(toolu_|call_|sig|req_)[0-9a-f]{20}`)
	ports     = regexp.MustCompile(`127\.0\.0\.1:\d+`)
)

// plainIDs numbers the ids that a model server has made up, in the order in which they come.
func plainIDs(text string) string {
	numbers := map[string]int{}
	text = randomIDs.ReplaceAllStringFunc(text, func(id string) string {
		if numbers[id] == 0 {
			numbers[id] = len(numbers) + 1
		}
		return fmt.Sprintf("%s%d", id[:len(id)-20], numbers[id])
	})
	return ports.ReplaceAllString(text, "127.0.0.1")
}

func compare(t *testing.T, path string, got []byte) {
	t.Helper()
	if flag.Lookup("update").Value.String() == "true" {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v; -update writes it", err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s: got\n%s\nwant\n%s\n-update writes it anew", path, got, want)
	}
}
