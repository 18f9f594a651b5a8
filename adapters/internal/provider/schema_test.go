package provider

import (
	"encoding/json"
	"strings"
	"testing"
)

func TestSchemasKeepTheirOrder(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"anthropic", "openai", "other"} {
		got := sent(t, name, everything())
		for _, want := range []string{`"z":{"type":"string"},"a":{`, `"city":{"type":"string"},"at":{`} {
			if !strings.Contains(got, want) {
				t.Errorf("%s: no %s in %s", name, want, got)
			}
		}
	}
}

func TestOutputThatNoAPITakes(t *testing.T) {
	t.Parallel()
	r := user("hi")
	r.System, r.Output = "Be brief.", &Output{Name: "List", Schema: json.RawMessage(`{"type":"array","items":{"type":"string"}}`)}
	for name, want := range map[string]string{"anthropic": `Be brief.\n\nAnswer with JSON only`, "openai": `Be brief.\n\nAnswer with JSON only`} {
		got := sent(t, name, r)
		if !strings.Contains(got, want) || strings.Contains(got, "json_schema") {
			t.Errorf("%s: %s", name, got)
		}
	}
}

func TestStrict(t *testing.T) {
	t.Parallel()
	cases := map[string]bool{
		`{"type":"object","properties":{"a":{}},"required":["a"],"additionalProperties":false}`:                                                  true,
		`{"type":"object","properties":{},"additionalProperties":false}`:                                                                         true,
		`{"type":"object","properties":{"a":{}},"required":["a"]}`:                                                                               false,
		`{"type":"object","properties":{"a":{},"b":{}},"required":["a"],"additionalProperties":false}`:                                           false,
		`{"type":"object","properties":{"a":{"type":"array","items":{"type":"object"}}},"required":["a"],"additionalProperties":false}`:          false,
		`{"type":"object","properties":{"a":{"anyOf":[{"type":"object","properties":{"b":{}}}]}},"required":["a"],"additionalProperties":false}`: false,
	}
	for schema, want := range cases {
		if isStrict(json.RawMessage(schema)) != want {
			t.Errorf("%s: %v", schema, !want)
		}
	}
}
