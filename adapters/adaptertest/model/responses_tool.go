package model

import (
	"slices"
	"strings"
)

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

// fullName is the name by which a script calls a tool, in the form that other providers' tools have for the same server.
// The provider's own tools have a type only.
func (t responsesTool) fullName() string {
	switch {
	case t.Name == "":
		return t.Type
	case t.namespace == "" || t.namespace == "functions":
		return t.Name
	}
	return t.namespace + "__" + t.Name
}

func (o offers) find(name string) (responsesTool, bool) {
	at := slices.IndexFunc(o, func(t responsesTool) bool { return t.fullName() == name })
	if at < 0 {
		return unoffered(name), false
	}
	return o[at], true
}

// unoffered is a tool that is called as if it were there. Codex offers the tools of MCP servers to some models only when
// they search for them, and takes calls of them all the same.
func unoffered(name string) responsesTool {
	t := responsesTool{Type: "function", Name: name}
	if at := strings.LastIndex(name, "__"); strings.HasPrefix(name, "mcp__") && at > len("mcp__") {
		t.namespace, t.Name = name[:at], name[at+2:]
	}
	return t
}
