package protocol

import (
	"bytes"
	"encoding/json"
)

// Schema is the JSON Schema of a type, for a tool's parameters and for structured output. Properties keep the order of the
// definition, which is the order that models write them in. Objects allow no other properties than theirs: a model is not
// to invent any.
func Schema(t Type) json.RawMessage { return t.schema(schemer{}).text() }

// StrictSchema is the schema for providers that hold their model to it. They want every property to be required, so that an
// optional one may be null instead; Check takes that, too. False when the type allows any value somewhere: they cannot
// hold to that.
func StrictSchema(t Type) (json.RawMessage, bool) {
	loose := false
	s := t.schema(schemer{strict: true, loose: &loose})
	return s.text(), !loose
}

// schema is a JSON Schema. The zero one allows any value.
type schema struct {
	Type                 string     `json:"type,omitempty"`
	Description          string     `json:"description,omitempty"`
	Enum                 []any      `json:"enum,omitempty"`
	Items                *schema    `json:"items,omitempty"`
	Properties           properties `json:"properties,omitzero"` // empty, but not nil, where an object has none
	Required             []string   `json:"required,omitempty"`
	AdditionalProperties *bool      `json:"additionalProperties,omitempty"`
	AnyOf                []*schema  `json:"anyOf,omitempty"`
}

func (s *schema) text() json.RawMessage {
	text, err := json.Marshal(s)
	if err != nil {
		panic(err) // a constant that is no JSON: Parse makes none
	}
	return text
}

// properties are an object's, in order.
type properties []property

type property struct {
	name   string
	schema *schema
}

// MarshalJSON implements json.Marshaler: it writes an object.
func (p properties) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, property := range p {
		if i > 0 {
			b.WriteByte(',')
		}
		name, err := json.Marshal(property.name)
		if err != nil {
			return nil, err
		}
		schema, err := json.Marshal(property.schema)
		if err != nil {
			return nil, err
		}
		b.Write(append(append(name, ':'), schema...))
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

type schemer struct {
	strict bool
	loose  *bool // told of types that cannot be strict
}

func (b Builtin) schema(s schemer) *schema {
	if b != Unknown {
		return &schema{Type: string(b)}
	}
	if s.strict {
		*s.loose = true
	}
	return &schema{}
}

func (e *Enum) schema(schemer) *schema { return &schema{Type: string(e.Of), Enum: e.Values} }

func (a *Array) schema(s schemer) *schema {
	return &schema{Type: "array", Description: a.Description, Items: a.Items.schema(s)}
}

func (o *Object) schema(s schemer) *schema {
	made := &schema{Type: "object", Properties: properties{}, AdditionalProperties: new(false)}
	for _, f := range o.Fields {
		made.Properties = append(made.Properties, property{f.Name, f.schema(s)})
		if !f.Optional || s.strict {
			made.Required = append(made.Required, f.Name)
		}
	}
	return made
}

func (u *Union) schema(s schemer) *schema {
	made := &schema{Description: u.Description}
	for _, v := range u.Variants {
		made.AnyOf = append(made.AnyOf, v.schema(s))
	}
	return made
}

func (f Field) schema(s schemer) *schema {
	made := f.Type.schema(s)
	if f.Optional && s.strict {
		made = &schema{AnyOf: []*schema{made, {Type: "null"}}}
	}
	if f.Description != "" {
		made.Description = f.Description
	}
	return made
}
