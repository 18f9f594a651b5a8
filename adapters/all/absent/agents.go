package absent

import (
	"github.com/parleyhq/parley/adapters"
	"github.com/parleyhq/parley/openapi"
)

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

// everything lets a create request come as far as Prepare, which says what is the matter.
func everything() adapters.Takes {
	return adapters.Takes{Model: true, Variant: true, AgentVersion: true, Directory: true, MCP: true, Skills: true}
}
