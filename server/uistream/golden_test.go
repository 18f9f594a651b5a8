package uistream_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/parleyhq/parley/server/uistream"
)

// update says whether golden files are written anew. The flag is adaptertest's.
func update() bool { return flag.Lookup("update").Value.String() == "true" }

// TestGolden shows what becomes of the logs of testdata: the UI stream of each turn, the same for the AI SDK, and the
// messages.
func TestGolden(t *testing.T) {
	t.Parallel()
	for name, l := range logs(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var got strings.Builder
			for _, turn := range turns(l) {
				fmt.Fprintf(&got, "-- stream %s --\n%s", turn, streamText(t, l, turn))
				fmt.Fprintf(&got, "-- ai sdk %s --\n%s", turn, chunkText(t, l, turn))
			}
			got.WriteString(foldText(t, l))
			compare(t, "testdata/"+name+".golden", got.String())
		})
	}
}

func streamText(t *testing.T, l *log, turn string) string {
	var b strings.Builder
	for _, e := range legs(l, turn) {
		fmt.Fprintf(&b, "%s %s\n", e.ID, encode(t, e.Data))
	}
	return b.String()
}

func chunkText(t *testing.T, l *log, turn string) string {
	var ai uistream.AISDK
	var b strings.Builder
	for _, e := range legs(l, turn) {
		for _, c := range ai.Chunks(e.Data) {
			fmt.Fprintf(&b, "%s %s\n", e.ID, encode(t, c))
		}
	}
	return b.String()
}

func foldText(t *testing.T, l *log) string {
	var messages uistream.Messages
	resources, variables := uistream.Resources{}, uistream.Variables{}
	for _, e := range l.events {
		messages.Add(e)
		resources.Add(e)
		variables.Add(e)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "-- messages --\n%s", lines(t, messages.List(0)))
	if before, now := lines(t, messages.List(0)), lines(t, messages.List(4)); before != now {
		fmt.Fprintf(&b, "-- messages since 4 --\n%s", now)
	}
	fmt.Fprintf(&b, "-- full state --\n%s", lines(t, uistream.ChatMessages(messages.List(0), 0)))
	if len(resources) > 0 {
		fmt.Fprintf(&b, "-- resources --\n%s\n", encode(t, resources))
	}
	if len(variables) > 0 {
		fmt.Fprintf(&b, "-- variables --\n%s\n", encode(t, variables))
	}
	return b.String()
}

// lines writes messages with a line for each part.
func lines[M any](t *testing.T, messages []M) string {
	var b strings.Builder
	for _, m := range messages {
		var fields map[string]json.RawMessage
		if err := json.Unmarshal([]byte(encode(t, m)), &fields); err != nil {
			t.Fatal(err)
		}
		var parts []json.RawMessage
		if err := json.Unmarshal(fields["parts"], &parts); err != nil || parts == nil {
			t.Fatalf("parts are %s: %v", fields["parts"], err)
		}
		delete(fields, "parts")
		fmt.Fprintln(&b, encode(t, fields))
		for _, p := range parts {
			fmt.Fprintf(&b, "  %s\n", p)
		}
	}
	return b.String()
}

func compare(t *testing.T, path, got string) {
	t.Helper()
	if update() {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v; -update writes it", err)
	}
	if !bytes.Equal(want, []byte(got)) {
		t.Errorf("%s is not what is made now; -update writes it anew. Now:\n%s", path, got)
	}
}
