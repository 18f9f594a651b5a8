package toolschema

import (
	"encoding/json"
	"strings"
	"testing"
)

func TestParseRefuses(t *testing.T) {
	t.Parallel()
	for schema, want := range map[string]string{
		``:                                 "no JSON",
		`{`:                                "no JSON",
		`{"type":"object"}x`:               "no JSON",
		`true`:                             "the type must be object",
		`{}`:                               "the type must be object",
		`{"type":"string"}`:                "the type must be object",
		`{"type":["object","null"]}`:       "the type must be object",
		`{"type":"object","properties":7}`: "properties",
		`{"type":"object","properties":{"a":{"type":"text"}}}`:              "type",
		`{"type":"object","properties":{"a":{"pattern":"("}}}`:              "pattern",
		`{"type":"object","properties":{"a":{"$ref":"#/$defs/none"}}}`:      "#/$defs/none",
		`{"type":"object","properties":{"a":{"$ref":"file:///etc/hosts"}}}`: "a schema must not refer to others",
		`{"type":"object","$ref":"http://127.0.0.1:9/x.json"}`:              "a schema must not refer to others",
		`{"type":"object","$schema":"http://127.0.0.1:9/x.json"}`:           "a schema must not refer to others",
	} {
		_, err := Parse(json.RawMessage(schema))
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), address) {
			t.Errorf("%s: got %v, want %q", schema, err, want)
		}
	}
}

func TestCheck(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ schema, args, want string }{
		{`{"type":"object"}`, `{"a":[1,null]}`, ""},
		{`{"type":"object"}`, `[]`, "got array, want object"},
		{`{"type":"object"}`, `{`, "no JSON"},
		{`{"type":"object","properties":{"n":{"type":"integer","multipleOf":3}}}`, `{"n":1e999999999}`, "1e999999999"},
		{`{"type":"object","required":["city"]}`, `{}`, "city"},
		{`{"type":"object","properties":{"n":{"type":"integer"}}}`, `{"n":12345678901234567890}`, ""},
		{`{"type":"object","properties":{"n":{"type":"integer"}}}`, `{"n":"1"}`, "at '/n': got string, want integer"},
		{`{"$schema":"http://json-schema.org/draft-07/schema#","type":"object","properties":{"n":{"$ref":"#/definitions/N"}},
			"definitions":{"N":{"const":1}}}`, `{"n":2}`, "/n"},
		{`{"type":"object","properties":{"next":{"$ref":"#"}},"additionalProperties":false}`, `{"next":{"next":{"x":1}}}`, "/next/next"},
		// A schema that refers to itself at the same place has no answer, which must not take the server down.
		{`{"type":"object","$ref":"#"}`, `{}`, "cycle"},
		{`{"type":"object","anyOf":[{"$ref":"#/$defs/a"}],"$defs":{"a":{"if":true,"then":{"$ref":"#"}}}}`, `{}`, "cycle"},
		{`{"type":"object","$dynamicAnchor":"x","allOf":[{"$dynamicRef":"#x"}]}`, `{}`, "cycle"},
	} {
		schema, err := Parse(json.RawMessage(c.schema))
		if err != nil {
			t.Errorf("%s: %v", c.schema, err)
			continue
		}
		err = schema.Check(json.RawMessage(c.args))
		if (err == nil) != (c.want == "") || err != nil && (!strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), address)) {
			t.Errorf("%s with %s: got %v, want %q", c.schema, c.args, err, c.want)
		}
	}
}

// FuzzSchema: no schema and no arguments take the server down.
func FuzzSchema(f *testing.F) {
	f.Add(`{"type":"object","properties":{"a":{"$ref":"#"}},"required":["a"]}`, `{"a":{}}`)
	f.Add(`{"type":"object","$ref":"#"}`, `{}`)
	f.Add(`{"type":"object","$dynamicAnchor":"x","not":{"$dynamicRef":"#x"}}`, `{"x":1e400}`)
	f.Add(`{"type":"object","$id":"a","unevaluatedProperties":{"multipleOf":0.1}}`, `{"x":0.3}`)
	f.Add(`{"type":"object","properties":{"n":{"type":"integer","maximum":1e999999999}}}`, `{"n":-1e-999999999}`)
	f.Fuzz(func(t *testing.T, schema, args string) {
		parsed, err := Parse(json.RawMessage(schema))
		if err == nil && parsed.Check(json.RawMessage(args)) == nil && !json.Valid([]byte(args)) {
			t.Errorf("%s takes %s", schema, args)
		}
	})
}
