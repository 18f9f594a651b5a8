package protocol

// Lookup gives a variable's value; false when it has none. Values are as encoding/json decodes them.
type Lookup func(name string) (any, bool)

// Bindings are the variables that a prompt sees.
type Bindings []Binding

// Binding is a variable under the name that a prompt has for it.
type Binding struct{ Name, Variable string }

// Lookup is what the prompt sees of values: the variables that are bound, by the prompt's names. It is for Render.
func (b Bindings) Lookup(values Lookup) Lookup {
	return func(name string) (any, bool) {
		for _, binding := range b {
			if binding.Name == name {
				return values(binding.Variable)
			}
		}
		return nil, false
	}
}

func (b Bindings) has(name string) bool {
	for _, binding := range b {
		if binding.Name == name {
			return true
		}
	}
	return false
}
