package absent

import (
	"github.com/parleyhq/parley/adapters"
	"github.com/parleyhq/parley/openapi"
)

// Codex is OpenAI's Codex.
func Codex() *Adapter {
	return &Adapter{info: adapters.Info{
		AgentInfo: openapi.AgentInfo{ID: "codex", Capabilities: openapi.AgentCapabilities{
			PlanMode: true, Permissions: true, ToolCalls: true, ToolResults: true, TextMessages: true, Images: true,
			FileAttachments: true, SessionLifecycle: true, ErrorEvents: true, Reasoning: true, Status: true,
			CommandExecution: true, FileChanges: true, MCPTools: true, StreamingDeltas: true, ItemStarted: true, SharedProcess: true,
		}},
		Modes:           []openapi.AgentMode{build(), plan()},
		PermissionModes: map[string]string{"default": "default", "plan": "plan", "bypass": "bypass", "acceptEdits": "acceptEdits"},
		Takes:           everything(),
	}}
}

// OpenCode is OpenCode.
func OpenCode() *Adapter {
	return &Adapter{info: adapters.Info{
		AgentInfo: openapi.AgentInfo{ID: "opencode", Capabilities: openapi.AgentCapabilities{
			ToolCalls: true, ToolResults: true, TextMessages: true, Images: true, FileAttachments: true, SessionLifecycle: true,
			ErrorEvents: true, MCPTools: true, StreamingDeltas: true, ItemStarted: true, SharedProcess: true,
		}},
		Modes: []openapi.AgentMode{
			build(), plan(), {ID: "custom", Name: "Custom", Description: "An agent of OpenCode's own configuration, by its name"},
		},
		AnyMode:         true,
		PermissionModes: map[string]string{"default": "default", "acceptEdits": "default"},
		Takes:           everything(),
	}}
}

// Amp is Sourcegraph's Amp. It has one model and tells no other.
func Amp() *Adapter {
	return &Adapter{
		info: adapters.Info{
			AgentInfo: openapi.AgentInfo{ID: "amp", Capabilities: openapi.AgentCapabilities{
				ToolCalls: true, ToolResults: true, TextMessages: true, ErrorEvents: true, MCPTools: true,
			}},
			Modes:           []openapi.AgentMode{build()},
			PermissionModes: map[string]string{"default": "default", "bypass": "bypass", "acceptEdits": "default"},
			DefaultModel:    "amp-default",
			Takes:           everything(),
		},
		models: []openapi.AgentModel{{ID: "amp-default", Name: "Amp Default"}},
	}
}

func build() openapi.AgentMode {
	return openapi.AgentMode{ID: "build", Name: "Build", Description: "Works on the task"}
}

func plan() openapi.AgentMode {
	return openapi.AgentMode{ID: "plan", Name: "Plan", Description: "Plans and changes nothing"}
}

// everything lets a create request come as far as Prepare, which says what is the matter.
func everything() adapters.Takes {
	return adapters.Takes{Model: true, Variant: true, AgentVersion: true, Directory: true, MCP: true, Skills: true}
}
