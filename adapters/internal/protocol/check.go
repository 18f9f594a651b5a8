package protocol

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// MismatchError says which parts of a value its type does not allow.
type MismatchError struct{ Mismatches []Mismatch }

// Mismatch is a part of a value that its type does not allow.
type Mismatch struct {
	Pointer string // JSON pointer to the part; empty = the whole value
	Reason  string // for people: must be an integer, not text
}

func (e *MismatchError) Error() string {
	all := make([]string, len(e.Mismatches))
	for i, m := range e.Mismatches {
		all[i] = strings.TrimSpace(m.Pointer + " " + m.Reason)
	}
	return strings.Join(all, "; ")
}

// Check says whether a type allows a value, which is as encoding/json decodes it, with or without UseNumber. Properties that
// an object type does not have are allowed; null is as good as none. The error is a *MismatchError.
func Check(v any, t Type) error {
	c := &checker{}
	t.check(c, "", v)
	return c.err()
}

// maxMismatches is how many of them are told.
const maxMismatches = 20

type checker struct{ found []Mismatch }

func (c *checker) mismatch(pointer, format string, args ...any) {
	if len(c.found) < maxMismatches {
		c.found = append(c.found, Mismatch{pointer, fmt.Sprintf(format, args...)})
	}
}

func (c *checker) err() error {
	if c.found == nil {
		return nil
	}
	return &MismatchError{c.found}
}

func (b Builtin) check(c *checker, pointer string, v any) {
	if !b.allows(v) {
		c.mismatch(pointer, "must be %s, not %s", b.article(), jsonKind(v))
	}
}

func (b Builtin) allows(v any) bool {
	switch b {
	case String:
		_, ok := v.(string)
		return ok
	case Boolean:
		_, ok := v.(bool)
		return ok
	case Number:
		_, ok := number(v)
		return ok
	case Integer:
		n, ok := number(v)
		return ok && n == math.Trunc(n)
	default:
		return true
	}
}

func (e *Enum) check(c *checker, pointer string, v any) {
	for _, allowed := range e.Values {
		if same(v, allowed) {
			return
		}
	}
	c.mismatch(pointer, "must be %s", e)
}

func (a *Array) check(c *checker, pointer string, v any) {
	list, ok := v.([]any)
	if !ok {
		c.mismatch(pointer, "must be an array, not %s", jsonKind(v))
	}
	for i, item := range list {
		a.Items.check(c, pointer+"/"+strconv.Itoa(i), item)
	}
}

func (o *Object) check(c *checker, pointer string, v any) {
	m, ok := v.(map[string]any)
	if !ok {
		c.mismatch(pointer, "must be an object, not %s", jsonKind(v))
		return
	}
	for _, f := range o.Fields {
		part, given := m[f.Name]
		switch at := pointer + "/" + f.Name; {
		case part != nil:
			f.Type.check(c, at, part)
		case f.missing(given):
			c.mismatch(at, "is missing")
		}
	}
}

func (u *Union) check(c *checker, pointer string, v any) {
	m, ok := v.(map[string]any)
	if !ok {
		c.mismatch(pointer, "must be an object, not %s", jsonKind(v))
		return
	}
	tags := &Enum{}
	for _, variant := range u.Variants {
		tag := variant.constant(u.Discriminator)
		if same(m[u.Discriminator], tag) {
			variant.check(c, pointer, v)
			return
		}
		tags.Values = append(tags.Values, tag)
	}
	c.mismatch(pointer+"/"+u.Discriminator, "must be %s", tags)
}

// constant is the only value that a property may have; nil when there are others.
func (o *Object) constant(property string) any {
	f, _ := o.Fields.Get(property)
	if e, ok := f.Type.(*Enum); ok && len(e.Values) == 1 && !f.Optional {
		return e.Values[0]
	}
	return nil
}
