package declared

import (
	"context"
	"encoding/json"

	"github.com/parleyhq/parley/adapters"
	"github.com/parleyhq/parley/adapters/internal/protocol"
	"github.com/parleyhq/parley/openapi"
)

// Adapter makes agents of one definition: the newest one without errors.
type Adapter struct {
	library *Library
	id      string
	known   *protocol.Agent // for when its folder is gone
}

var (
	_ adapters.Adapter     = (*Adapter)(nil)
	_ adapters.Preparer    = (*Adapter)(nil)
	_ adapters.Triggerer   = (*Adapter)(nil)
	_ adapters.Defaulter   = (*Adapter)(nil)
	_ adapters.NativeNamer = (*Adapter)(nil)
)

var capabilities = openapi.AgentCapabilities{
	ToolCalls: true, ToolResults: true, TextMessages: true, ErrorEvents: true, Reasoning: true, Status: true,
	StreamingDeltas: true, ItemStarted: true,
}

// definition is the newest one without errors.
func (a *Adapter) definition() *protocol.Agent {
	if d := a.library.agent(a.id); d != nil {
		return d
	}
	return a.known
}

// Info implements adapters.Adapter.
func (a *Adapter) Info(context.Context) adapters.Info {
	d := a.definition()
	model := defaultModel(d)
	_, _, err := a.library.providers.Find(model)
	return adapters.Info{
		AgentInfo: openapi.AgentInfo{
			ID: a.id, Installed: true, CredentialsAvailable: err == nil, Version: "declared", Capabilities: capabilities,
		},
		Modes:           []openapi.AgentMode{{ID: "build", Name: "Build", Description: "Runs the handlers that the agent declares"}},
		PermissionModes: map[string]string{"default": "default"},
		DefaultModel:    model,
		SaysMessages:    true,
		Takes:           adapters.Takes{Input: true},
	}
}

// defaultModel is the main thread's model; empty when it is the session's input that says it.
func defaultModel(d *protocol.Agent) string {
	name := d.Main.Model.Variable
	if name == "" {
		return d.Main.Model.String()
	}
	for _, fields := range []protocol.Fields{d.Input, d.Variables, d.Resources} {
		if f, ok := fields.Get(name); ok {
			model, _ := f.Default.(string)
			return model
		}
	}
	return ""
}

// Prepare implements adapters.Preparer. The session keeps its input with the defaults of now.
func (a *Adapter) Prepare(_ context.Context, o adapters.Options) (adapters.Options, error) {
	input, err := a.definition().Input.Fill(o.Input)
	if err != nil {
		return o, mismatch("input", err)
	}
	o.Input = input
	return o, nil
}

// CheckTrigger implements adapters.Triggerer.
func (a *Adapter) CheckTrigger(_ context.Context, _ adapters.Options, t openapi.TurnTrigger) error {
	declared, ok := a.definition().Triggers[t.Name]
	if !ok {
		return &adapters.OptionError{Option: "triggerName", Reason: "unknown trigger: " + t.Name}
	}
	if _, err := declared.Input.Fill(t.Input); err != nil {
		return mismatch("input", err)
	}
	return nil
}

// Defaults implements adapters.Defaulter.
func (a *Adapter) Defaults(context.Context) adapters.Defaults {
	d := a.definition()
	return adapters.Defaults{Resources: defaults(d.Resources), Variables: defaults(d.Variables)}
}

func defaults(fields protocol.Fields) map[string]json.RawMessage {
	values := map[string]json.RawMessage{}
	for _, field := range fields {
		if field.Default == nil {
			continue
		}
		if encoded, err := json.Marshal(field.Default); err == nil { // it was read from YAML or JSON
			values[field.Name] = encoded
		}
	}
	return values
}

// NativeSessionID implements adapters.NativeNamer: there is no other name than the session's.
func (*Adapter) NativeSessionID(session string) string { return session }

// Open implements adapters.Adapter.
func (a *Adapter) Open(_ context.Context, o adapters.Options) (adapters.Agent, error) {
	life, end := context.WithCancelCause(context.Background())
	return &agent{adapter: a, options: o, life: life, end: end}, nil
}
