// Package mock is an agent that needs no program, no login and no network: what it says is written down in this package.
// A message's words choose the script. It shows every kind of event, and is what clients and the server are tested with.
// A trigger has words of its own, which show what the family of agent sessions adds: tools of the client, resources.
package mock

import (
	"context"
	"fmt"
	"time"

	"github.com/parleyhq/parley/adapters"
	"github.com/parleyhq/parley/openapi"
)

// Adapter makes mock agents.
type Adapter struct{ delay time.Duration }

var (
	_ adapters.Adapter     = (*Adapter)(nil)
	_ adapters.ModelLister = (*Adapter)(nil)
	_ adapters.NativeNamer = (*Adapter)(nil)
	_ adapters.Triggerer   = (*Adapter)(nil)
	_ adapters.UserNamer   = (*Adapter)(nil)
)

// New makes the adapter. Its agents pause for delay after each event of a script.
func New(delay time.Duration) *Adapter { return &Adapter{delay} }

// Info implements adapters.Adapter.
func (*Adapter) Info(context.Context) adapters.Info {
	return adapters.Info{
		AgentInfo: openapi.AgentInfo{
			ID: "mock", Installed: true, CredentialsAvailable: true, Version: "builtin", Capabilities: capabilities,
		},
		Modes: []openapi.AgentMode{
			{ID: "build", Name: "Build", Description: "Runs the script that the message names"},
			{ID: "plan", Name: "Plan", Description: "The same as build"},
		},
		PermissionModes: map[string]string{"default": "default", "plan": "plan", "bypass": "bypass", "acceptEdits": "default"},
		DefaultModel:    "mock",
		Takes: adapters.Takes{
			Model: true, Variant: true, AgentVersion: true, Directory: true, MCP: true, Skills: true, Input: true, ClientTools: true,
		},
	}
}

var capabilities = openapi.AgentCapabilities{
	PlanMode: true, Permissions: true, Questions: true, ToolCalls: true, ToolResults: true, TextMessages: true, Images: true,
	FileAttachments: true, SessionLifecycle: true, ErrorEvents: true, Reasoning: true, Status: true, CommandExecution: true,
	FileChanges: true, MCPTools: true, StreamingDeltas: true, ItemStarted: true, SharedProcess: false,
}

// Models implements adapters.ModelLister.
func (*Adapter) Models(context.Context) (openapi.AgentModelsResponse, error) {
	return openapi.AgentModelsResponse{
		DefaultModel: "mock",
		Models:       []openapi.AgentModel{{ID: "mock", Name: "Mock"}},
	}, nil
}

// NativeSessionID implements adapters.NativeNamer.
func (*Adapter) NativeSessionID(session string) string { return "mock-" + session }

// UserItemID implements adapters.UserNamer.
func (*Adapter) UserItemID(number int) string { return fmt.Sprintf("mock_%d_user", number) }

// Open implements adapters.Adapter. There is nothing that a resumed agent would have to remember: the log has it.
func (a *Adapter) Open(_ context.Context, o adapters.Options) (adapters.Agent, error) {
	life, end := context.WithCancelCause(context.Background())
	return &agent{delay: a.delay, history: o.History, life: life, end: end}, nil
}
