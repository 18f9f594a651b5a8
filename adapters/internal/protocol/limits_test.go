package protocol_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/parleyhq/parley/adapters/internal/protocol"
)

// TestTooBig refuses what grows without end when it is written out, and tells only so many faults.
func TestTooBig(t *testing.T) {
	t.Parallel()
	types := &strings.Builder{}
	for i := range 40 {
		next := strings.Repeat("T", i+2)
		types.WriteString("  " + strings.Repeat("T", i+1) + ": { a: { type: " + next + " }, b: { type: " + next + " } }\n")
	}
	files := plain([]byte("triggers: {}\nagent: { model: openai/gpt-4o, system: plain }\ntypes:\n" + types.String() +
		"  " + strings.Repeat("T", 41) + ": { a: { type: string } }\n"))
	big := strings.Repeat("x", 600<<10)
	files.Prompts["big"] = []byte(big)
	files.Prompts["bigger"] = []byte("{{@big.md}}{{@big.md}}")
	_, faults := protocol.Parse(files)
	want := []string{
		"prompts/bigger.md: error: is longer than 1048576 bytes with what it includes",
	}
	if got := told(faults); !slices.Equal(got[:1], want) || len(got) < 3 || !strings.Contains(got[2], "is too big: written out it has more than 1000 parts") {
		t.Errorf("%s", strings.Join(got, "\n"))
	}
	_, faults = protocol.Parse(plain([]byte("triggers: {}\nagent: {" + strings.Repeat("x: ,", 2000) + "}")))
	if last := faults[len(faults)-1]; len(faults) != 1001 || last.String() != "protocol.yaml: error: there are more than 1000 faults" {
		t.Errorf("%d faults, the last: %v", len(faults), last)
	}
}

// TestDeep makes the schema of the deepest types that there may be.
func TestDeep(t *testing.T) {
	t.Parallel()
	chain := func(length int) protocol.Files {
		types := &strings.Builder{}
		for i := range length {
			fmt.Fprintf(types, "  T%d: { a: { type: T%d, optional: true } }\n", i, i+1)
		}
		return plain(fmt.Appendf(nil, "triggers: {}\nagent: { model: openai/gpt-4o, system: plain }\ntypes:\n%s  T%d: {}\n", types, length))
	}
	agent, faults := protocol.Parse(chain(999))
	if agent == nil {
		t.Fatal(faults)
	}
	if schema, ok := protocol.StrictSchema(agent.Types["T0"]); !ok || !json.Valid(schema) {
		t.Errorf("%s", schema)
	}
	if agent, _ := protocol.Parse(chain(1000)); agent != nil {
		t.Error("a type that is too big")
	}
	if agent, _ := protocol.Parse(chain(3000)); agent != nil {
		t.Error("a type that is far too big")
	}
}
