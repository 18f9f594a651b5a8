package session

import (
	"slices"
	"strings"
)

// grantKeys are the names under which "always" remembers a permission, and under which a later request finds it
// (contract of the sessions API, section 4, rule 11).
func grantKeys(action string, metadata map[string]any) []string {
	first := action
	if words := strings.FieldsFunc(action, func(r rune) bool { return r == ' ' || r == ':' }); len(words) > 0 {
		first = words[0]
	}
	keys := []string{action, strings.ToLower(first)}
	for _, name := range []string{"permission", "codexRequestKind", "toolName"} {
		if v, ok := metadata[name].(string); ok {
			keys = append(keys, v)
		}
	}
	return slices.DeleteFunc(keys, func(k string) bool { return k == "" })
}

func (s *state) grant(keys []string) {
	for _, k := range keys {
		if !slices.Contains(s.Grants, k) {
			s.Grants = append(s.Grants, k)
		}
	}
}

func (s *state) granted(action string, metadata map[string]any) bool {
	return slices.ContainsFunc(grantKeys(action, metadata), func(k string) bool { return slices.Contains(s.Grants, k) })
}
