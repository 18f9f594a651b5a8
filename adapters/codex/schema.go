package codex

import (
	"cmp"
	"encoding/json"
	"slices"
)

// schema is the part of JSON Schema that forms are written in.
type schema struct {
	Type        string     `json:"type"`
	Title       string     `json:"title"`
	Description string     `json:"description"`
	Enum        []string   `json:"enum"`
	EnumNames   []string   `json:"enumNames"`
	OneOf       []constant `json:"oneOf"`
	AnyOf       []constant `json:"anyOf"`
	Items       *schema    `json:"items"`
}

type constant struct {
	Const string `json:"const"`
	Title string `json:"title"`
}

var yesNo = []choice{{"true", "yes"}, {"false", "no"}}

// form reads what is asked; it reports whether people can be asked that.
func (q asked) form() (f form, ok bool) {
	var s struct {
		Properties map[string]schema `json:"properties"`
		Required   []string          `json:"required"`
	}
	if q.Mode != "form" || json.Unmarshal(q.Schema, &s) != nil {
		return nil, false
	}
	for _, name := range sortedKeys(s.Properties) {
		p := s.Properties[name]
		one := field{
			name: name, title: cmp.Or(p.Description, p.Title, name), kind: p.Type, choices: p.choices(),
			required: slices.Contains(s.Required, name),
		}
		switch {
		case p.Type == "boolean":
			one.choices = yesNo
		case p.Type == "array" && one.choices == nil, !slices.Contains([]string{"string", "number", "integer", "array"}, p.Type):
			return nil, false
		}
		f = append(f, one)
	}
	return f, true
}

func (s schema) choices() []choice {
	if s.Items != nil {
		return s.Items.choices()
	}
	var all []choice
	for _, c := range slices.Concat(s.OneOf, s.AnyOf) {
		all = append(all, choice{c.Const, cmp.Or(c.Title, c.Const)})
	}
	for i, value := range s.Enum {
		c := choice{value, value}
		if i < len(s.EnumNames) {
			c.label = s.EnumNames[i]
		}
		all = append(all, c)
	}
	return all
}
