package server

import (
	"context"
	"encoding/json"
	"testing"

	"github.com/parleyhq/parley/adapters"
	"github.com/parleyhq/parley/adapters/mock"
	"github.com/parleyhq/parley/server/session"
)

// prepared is an agent whose resources and variables have values from the beginning.
type prepared struct{ adapters.Adapter }

func (prepared) Defaults(context.Context) adapters.Defaults {
	return adapters.Defaults{
		Resources: map[string]json.RawMessage{"NOTES": json.RawMessage(`""`), "LIMITS": json.RawMessage(`{"days":30}`)},
		Variables: map[string]json.RawMessage{"MOOD": json.RawMessage(`"good"`)},
	}
}

// TestAgentSessionDefaults are there until something else is set, and again when the session was restored.
func TestAgentSessionDefaults(t *testing.T) {
	t.Parallel()
	w := start(t, func(_ *Config, d *session.Config) { d.Adapters = []adapters.Adapter{prepared{mock.New(0)}} })
	s := w.agentSession()
	values := func(want string) {
		t.Helper()
		state := decodeAs[map[string]json.RawMessage](t, w.get(s).want(200).body)
		if got := string(state["resources"]) + string(state["variables"]); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
	values(`{"LIMITS":{"days":30},"NOTES":""}{"MOOD":"good"}`)
	w.post(s+"/trigger", userMessage("resource Call back")).want(200)
	values(`{"LIMITS":{"days":30},"NOTES":"Call back"}{"MOOD":"good"}`)
	w.do("DELETE", s, "").want(200)
	w.post(s+"/restore", `{"messages":[]}`).want(200)
	values(`{"LIMITS":{"days":30},"NOTES":""}{"MOOD":"good"}`)
}
