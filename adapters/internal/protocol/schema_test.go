package protocol_test

import (
	"testing"

	"github.com/parleyhq/parley/adapters/internal/protocol"
)

func TestSchema(t *testing.T) {
	t.Parallel()
	agent := support(t)
	for _, c := range []struct {
		of   protocol.Type
		want string
	}{
		{protocol.Integer, `{"type":"integer"}`},
		{protocol.Unknown, `{}`},
		{agent.Input[1].Type, `{"type":"string","enum":["free","pro"]}`},
		{agent.Types["LabelList"], `{"type":"array","description":"Labels","items":{"type":"string"}}`},
		{agent.Tools["note-mood"].Parameters, `{"type":"object","properties":{},"additionalProperties":false}`},
		{agent.Tools["find-order"].Parameters, `{"type":"object","properties":{` +
			`"orderId":{"type":"string","description":"As it is printed on the invoice"},"withItems":{"type":"boolean"}},` +
			`"required":["orderId"],"additionalProperties":false}`},
		{agent.Types["Answer"], `{"type":"object","properties":{` +
			`"text":{"type":"string","description":"The answer, in Markdown"},` +
			`"next":{"anyOf":[` +
			`{"type":"object","properties":{"kind":{"type":"string","enum":["questions"]},` +
			`"questions":{"type":"array","description":"One to three questions that the customer may have now","items":{"type":"string"}}},` +
			`"required":["kind","questions"],"additionalProperties":false},` +
			`{"type":"object","properties":{"kind":{"type":"string","enum":["handover"]},"urgent":{"type":"boolean"},"score":{"type":"number"}},` +
			`"required":["kind","urgent"],"additionalProperties":false}]},` +
			`"sources":{"type":"array","items":{"type":"string"}}},` +
			`"required":["text","next"],"additionalProperties":false}`},
	} {
		if got := protocol.Schema(c.of); string(got) != c.want {
			t.Errorf("%s:\ngot  %s\nwant %s", c.of, got, c.want)
		}
	}
}

// TestStrictSchema requires everything; what may be left out may be null.
func TestStrictSchema(t *testing.T) {
	t.Parallel()
	agent := support(t)
	got, ok := protocol.StrictSchema(agent.Types["Handover"])
	want := `{"type":"object","properties":{"kind":{"type":"string","enum":["handover"]},"urgent":{"type":"boolean"},` +
		`"score":{"anyOf":[{"type":"number"},{"type":"null"}]}},"required":["kind","urgent","score"],"additionalProperties":false}`
	if !ok || string(got) != want {
		t.Errorf("%v\ngot  %s\nwant %s", ok, got, want)
	}
	for _, v := range decoded(t, `{"kind":"handover","urgent":true,"score":null}`) {
		if err := protocol.Check(v, agent.Types["Handover"]); err != nil {
			t.Error("what the strict schema allows is refused:", err)
		}
	}
	loose := &protocol.Array{Items: &protocol.Object{Fields: protocol.Fields{{Name: "x", Type: protocol.Unknown}}}}
	if _, ok := protocol.StrictSchema(loose); ok {
		t.Error("any value can be held to")
	}
}
