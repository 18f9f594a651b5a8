package acp

import (
	"bytes"
	"encoding/json"
	"strings"
)

// form is what an agent wants to know: a flat JSON schema, whose fields are in the order in which they are asked.
type form struct {
	message string
	fields  []field
	note    map[string]string // the field for own words beside a field of options, by that field's name
	must    map[string]bool
}

// field is one thing that is asked.
type field struct {
	name        string
	Type        string       `json:"type"`
	Title       string       `json:"title"`
	Description string       `json:"description"`
	OneOf       []formOption `json:"oneOf"`
	Enum        []string     `json:"enum"`
	EnumNames   []string     `json:"enumNames"`
	Items       struct {
		AnyOf []formOption `json:"anyOf"`
		OneOf []formOption `json:"oneOf"`
		Enum  []string     `json:"enum"`
	} `json:"items"`
}

type formOption struct {
	Const       string `json:"const"`
	Title       string `json:"title"`
	Description string `json:"description"`
}

// elicitation is the request of an agent that wants to know something.
type elicitation struct {
	Mode    string `json:"mode"`
	Message string `json:"message"`
	Schema  struct {
		Properties json.RawMessage `json:"properties"`
		Required   []string        `json:"required"`
	} `json:"requestedSchema"`
}

func readForm(params []byte) form {
	var e elicitation
	_ = decode(params, &e) // no fields, nothing to ask
	f := form{message: strings.TrimSpace(e.Message), note: map[string]string{}, must: map[string]bool{}}
	for _, name := range e.Schema.Required {
		f.must[name] = true
	}
	for _, one := range readFields(e.Schema.Properties) {
		if of := f.noteOf(one); of != "" {
			f.note[of] = one.name
		} else {
			f.fields = append(f.fields, one)
		}
	}
	return f
}

// readFields reads an object's fields in their order, which a map would lose.
func readFields(raw json.RawMessage) []field {
	var fields []field
	in := json.NewDecoder(bytes.NewReader(raw))
	if open, err := in.Token(); err != nil || open != json.Delim('{') {
		return nil
	}
	for in.More() {
		name, err := in.Token()
		if err != nil {
			return fields
		}
		var schema json.RawMessage
		if in.Decode(&schema) != nil {
			return fields
		}
		one := field{name: name.(string)}
		_ = decode(schema, &one) // a field of an unknown shape is asked as a text
		fields = append(fields, one)
	}
	return fields
}

// noteOf says which field a text belongs to as its "something else": bridges ask for one beside each choice, under the choice's
// name with an ending. A question here takes own words in any case.
func (f *form) noteOf(text field) string {
	if text.Type != "string" || len(text.options()) > 0 {
		return ""
	}
	for _, choice := range f.fields {
		if len(choice.options()) > 0 && f.note[choice.name] == "" && strings.HasPrefix(text.name, choice.name+"_") {
			return choice.name
		}
	}
	return ""
}

// options are the values that may be chosen.
func (f field) options() []formOption {
	switch f.Type {
	case "boolean":
		return []formOption{{Const: "true", Title: "yes"}, {Const: "false", Title: "no"}}
	case "array":
		return choices(append(f.Items.AnyOf, f.Items.OneOf...), f.Items.Enum, nil)
	}
	return choices(f.OneOf, f.Enum, f.EnumNames)
}

func choices(titled []formOption, plain, names []string) []formOption {
	var all []formOption
	for _, o := range titled {
		if o.Title == "" {
			o.Title = o.Const
		}
		all = append(all, o)
	}
	for i, value := range plain {
		o := formOption{Const: value, Title: value}
		if i < len(names) && names[i] != "" {
			o.Title = names[i]
		}
		all = append(all, o)
	}
	return all
}
