package declared

import "github.com/parleyhq/parley/adapters/internal/protocol"

// scope is the variables of a session as they are now.
type scope struct {
	state    *state
	trigger  map[string]any
	defaults []map[string]any // of the sections, and the session's input
}

// newScope fills in what was not given. The session's own input is what it was created with.
func newScope(d *protocol.Agent, s *state, session map[string]any) (*scope, error) {
	if s.input != nil {
		session = s.input
	}
	input, err := d.Input.Fill(session)
	if err != nil {
		return nil, refused("input", err)
	}
	trigger, err := d.Triggers[s.run.trigger.Name].Input.Fill(s.run.trigger.Input)
	if err != nil {
		return nil, refused("input", err)
	}
	variables, err := d.Variables.Fill(nil)
	if err != nil {
		return nil, refused("variables", err)
	}
	resources, err := d.Resources.Fill(nil)
	if err != nil {
		return nil, refused("resources", err)
	}
	return &scope{s, trigger, []map[string]any{input, variables, resources}}, nil
}

// lookup is a protocol.Lookup. The names of all sections differ, but a trigger's input comes first.
func (s *scope) lookup(name string) (any, bool) {
	for _, set := range []map[string]any{s.trigger, s.state.variables, s.state.resources} {
		if v, ok := set[name]; ok {
			return v, true
		}
	}
	for _, section := range s.defaults {
		if v, ok := section[name]; ok {
			return v, true
		}
	}
	return nil, false
}
