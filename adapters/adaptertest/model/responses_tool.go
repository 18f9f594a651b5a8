package model

import "slices"

// responsesTool is a tool that a request offers. A namespace holds tools of its own.
type responsesTool struct {
	Type      string // function, custom (takes a text), namespace, or a tool of the provider's
	Name      string
	Tools     []responsesTool
	namespace string
}

// offers are the tools of a request without their namespaces.
type offers []responsesTool

func flatten(namespace string, tools []responsesTool) offers {
	var out offers
	for _, t := range tools {
		if t.Type == "namespace" {
			out = append(out, flatten(t.Name, t.Tools)...)
			continue
		}
		t.namespace = namespace
		out = append(out, t)
	}
	return out
}

// fullName is the name by which a script calls a tool. The provider's own tools have a type only.
func (t responsesTool) fullName() string {
	switch {
	case t.Name == "":
		return t.Type
	case t.namespace == "" || t.namespace == "functions":
		return t.Name
	}
	return t.namespace + "." + t.Name
}

// find returns a tool that is called as if it were there when it is not offered: the agent then says what it thinks of it.
func (o offers) find(name string) (responsesTool, bool) {
	at := slices.IndexFunc(o, func(t responsesTool) bool { return t.fullName() == name })
	if at < 0 {
		return responsesTool{Type: "function", Name: name}, false
	}
	return o[at], true
}
