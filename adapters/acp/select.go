package acp

import (
	"encoding/json"
	"slices"
	"strings"
)

// selector is a setting of a session with its values. Agents have it as an option, or by a method of its own.
type selector struct {
	option  string // the option's id; empty where there is a method
	method  string // of the agent, where it is no option
	field   string // of the value in the method's parameters
	current string
	values  []configValue
}

// mode is the selector of the agent's modes; nil when it has none. Options are newer than methods, and supersede them.
func (s *sessionState) mode() *selector {
	if found := s.option("mode"); found != nil || s.Modes == nil {
		return found
	}
	found := &selector{method: methodSetMode, field: "modeId", current: s.Modes.Current}
	for _, m := range s.Modes.Available {
		found.values = append(found.values, configValue{Value: m.ID, Name: m.Name, Description: m.Description})
	}
	return found
}

// model is the selector of the agent's models; nil when it has none.
func (s *sessionState) model() *selector {
	if found := s.option("model"); found != nil || s.Models == nil {
		return found
	}
	found := &selector{method: methodSetModel, field: "modelId", current: s.Models.Current}
	for _, m := range s.Models.Available {
		found.values = append(found.values, configValue{Value: m.ID, Name: m.Name, Description: m.Description})
	}
	return found
}

// effort is the selector of how hard the model thinks; nil when it cannot be chosen.
func (s *sessionState) effort() *selector { return s.option("thought_level") }

// option finds the option of a category.
func (s *sessionState) option(category string) *selector {
	for _, o := range s.Options {
		if o.Category == category {
			return o.selector()
		}
	}
	return nil
}

func (o configOption) selector() *selector {
	found := &selector{option: o.ID}
	_ = json.Unmarshal(o.Current, &found.current) // a switch has no name of a value
	for _, v := range o.Options {
		if v.Options != nil {
			found.values = append(found.values, v.Options...)
		} else {
			found.values = append(found.values, v)
		}
	}
	return found
}

// plan finds the value that makes the agent plan: among its modes, else in another option that is called some kind of mode.
func (s *sessionState) plan() (*selector, string) {
	if mode := s.mode(); mode != nil {
		if value := mode.like("plan"); value != "" {
			return mode, value
		}
	}
	for _, o := range s.Options {
		if value := o.selector().like("plan"); value != "" && strings.Contains(o.ID+o.Category, "mode") {
			return o.selector(), value
		}
	}
	return nil, ""
}

// like finds a value whose id or name has one of the words in it, without regard to case and punctuation.
func (s *selector) like(words ...string) string {
	for _, v := range s.values {
		for _, word := range words {
			if strings.Contains(plain(v.Value), word) || strings.Contains(plain(v.Name), word) {
				return v.Value
			}
		}
	}
	return ""
}

func plain(name string) string {
	return strings.Map(func(r rune) rune {
		if r == '-' || r == '_' || r == ' ' {
			return -1
		}
		return r
	}, strings.ToLower(name))
}

// has says whether a value can be chosen. Nil has none.
func (s *selector) has(value string) bool { return slices.Contains(s.names(), value) }

func (s *selector) names() []string {
	if s == nil {
		return nil
	}
	var names []string
	for _, v := range s.values {
		names = append(names, v.Value)
	}
	return names
}

// same says whether two selectors are of the same setting.
func (s *selector) same(other *selector) bool {
	return s != nil && other != nil && s.option == other.option && s.method == other.method
}

// request is the message that chooses a value.
func (s *selector) request(session, value string) (method string, params object) {
	if s.option != "" {
		return methodSetOption, object{"sessionId": session, "configId": s.option, "value": value}
	}
	return s.method, object{"sessionId": session, s.field: value}
}
