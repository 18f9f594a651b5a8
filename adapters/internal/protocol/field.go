package protocol

// Field is a declared value: a variable of a section, a trigger's input, a tool's parameter or an object's property.
type Field struct {
	Name        string
	Type        Type
	Description string
	Optional    bool // always of a resource or variable
	Readonly    bool // of a resource: the agent may not write it
	// Default is the value when none is given; nil = none. It is not to be changed.
	Default any
}

// Fields are declared values in the order of the definition.
type Fields []Field

// NotGiven is the value of session input that is optional, has no default and is not given.
const NotGiven = "NONE"

// Get is the field of a name.
func (f Fields) Get(name string) (Field, bool) {
	for _, field := range f {
		if field.Name == name {
			return field, true
		}
	}
	return Field{}, false
}

func (f Fields) has(name string) bool {
	_, ok := f.Get(name)
	return ok
}

func (f Fields) names() []string {
	all := make([]string, len(f))
	for i, field := range f {
		all[i] = field.Name
	}
	return all
}

// Fill checks values that were given and adds the defaults of those that were not. Null counts as not given. What has a
// default need not be given. What is not declared is left out. The error is a *MismatchError. With nothing given it is
// what resources and variables begin with.
func (f Fields) Fill(given map[string]any) (map[string]any, error) {
	filled := map[string]any{}
	c := &checker{}
	for _, field := range f {
		v, ok := given[field.Name]
		switch {
		case v != nil:
			field.Type.check(c, "/"+field.Name, v)
		case field.Default != nil:
			v = field.Default
		case field.missing(ok):
			c.mismatch("/"+field.Name, "is missing")
		}
		if v != nil {
			filled[field.Name] = v
		}
	}
	return filled, c.err()
}

// missing says that a value is needed where there is null or nothing. Where any value is allowed, null is one.
func (f Field) missing(null bool) bool { return !f.Optional && (f.Type != Unknown || !null) }
