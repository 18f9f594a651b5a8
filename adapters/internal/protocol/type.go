package protocol

import (
	"fmt"
	"strings"
)

// Type says which values are allowed: a Builtin, an *Enum, an *Array, an *Object or a *Union. A type is a tree: none
// contains itself.
type Type interface {
	// String is the type as people know it: string, Product[].
	String() string
	check(c *checker, pointer string, v any)
	schema(s schemer) *schema
	weight() int
}

// Builtin is a type that every definition has.
type Builtin string

// The built-in types; File is another one.
const (
	String  Builtin = "string"
	Number  Builtin = "number"
	Integer Builtin = "integer"
	Boolean Builtin = "boolean"
	Unknown Builtin = "unknown" // any value
)

// File is a reference to a file that was uploaded.
var File = &Object{Name: "file", Fields: Fields{
	{Name: "id", Type: String},
	{Name: "mediaType", Type: String},
	{Name: "url", Type: String},
	{Name: "filename", Type: String, Optional: true},
	{Name: "size", Type: Number, Optional: true},
}}

// Enum is a Builtin of which only some values are allowed; one, where the definition has a const.
type Enum struct {
	Of     Builtin
	Values []any // strings; a const may be any Builtin
}

// Array is a list.
type Array struct {
	Items       Type
	Description string
	size        int
}

// Object is a map with known properties. Others are left alone.
type Object struct {
	Name   string // empty for a tool's parameters
	Fields Fields
	size   int
}

// Union is one of several objects; which one, a property says that has another constant value in each.
type Union struct {
	Name          string
	Discriminator string
	Description   string
	Variants      []*Object
	size          int
}

func (b Builtin) String() string { return string(b) }

func (e *Enum) String() string {
	all := make([]string, len(e.Values))
	for i, v := range e.Values {
		all[i] = literal(v)
	}
	if len(all) == 1 {
		return all[0]
	}
	return "one of " + strings.Join(all, ", ")
}

func (a *Array) String() string { return a.Items.String() + "[]" }

func (o *Object) String() string { return o.Name }

func (u *Union) String() string { return u.Name }

// literal is a plain value as JSON has it.
func literal(v any) string {
	if s, ok := v.(string); ok {
		return fmt.Sprintf("%q", s)
	}
	return fmt.Sprint(v)
}

// maxWeight is how many parts a type may have when it is written out, as its schema is: types that use each other many times
// grow without end. It keeps schemas less deep than encoding/json goes, too, which is 10,000: a part has up to 4 levels.
const maxWeight = 1000

// heavier adds to a weight that stays where it is too big anyway.
func heavier(w, more int) int { return min(w+more, maxWeight+1) }

func (b Builtin) weight() int { return 1 }

func (e *Enum) weight() int { return 1 }

func (a *Array) weight() int { return a.size }

func (o *Object) weight() int { return o.size }

func (u *Union) weight() int { return u.size }

func newArray(items Type) *Array { return &Array{Items: items, size: heavier(items.weight(), 1)} }

func newObject(name string, fields Fields) *Object {
	o := &Object{Name: name, Fields: fields, size: 1}
	for _, f := range fields {
		o.size = heavier(o.size, f.Type.weight())
	}
	return o
}
