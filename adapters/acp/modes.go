package acp

import (
	"github.com/parleyhq/parley/adapters"
	"github.com/parleyhq/parley/openapi"
)

// The modes that sessions may have. An agent's own modes come under their own names beside build and plan.
const (
	modeBuild = "build"
	modePlan  = "plan"

	permissionDefault     = "default"
	permissionPlan        = "plan"
	permissionAcceptEdits = "acceptEdits"
	permissionBypass      = "bypass"
)

// bypassWords and editWords are what agents call the modes in which they do not ask.
var (
	bypassWords = []string{"bypass", "yolo", "fullaccess"}
	editWords   = []string{"acceptedit", "autoedit"}
)

// modes are the values of agentMode.
func (f *facts) modes() []openapi.AgentMode {
	modes := []openapi.AgentMode{{ID: modeBuild, Name: "Build", Description: "Works on the task, in the agent's own default mode"}}
	_, plan := f.Session.plan()
	if plan != "" {
		modes = append(modes, openapi.AgentMode{ID: modePlan, Name: "Plan", Description: "Plans first"})
	}
	own := f.Session.mode()
	if own == nil {
		return modes
	}
	for _, v := range own.values {
		if v.Value != own.current && v.Value != plan && v.Value != modeBuild && v.Value != modePlan && v.Value != "" {
			modes = append(modes, openapi.AgentMode{ID: v.Value, Name: nameOf(v), Description: v.Description})
		}
	}
	return modes
}

func nameOf(v configValue) string {
	if v.Name == "" {
		return v.Value
	}
	return v.Name
}

// permissionModes are the values of permissionMode.
func (f *facts) permissionModes() map[string]string {
	modes := map[string]string{permissionDefault: permissionDefault}
	for _, mode := range []string{permissionPlan, permissionAcceptEdits, permissionBypass} {
		if _, value := f.Session.permission(mode); value != "" {
			modes[mode] = mode
		}
	}
	return modes
}

// permission finds the agent's own mode for a permission mode.
func (s *sessionState) permission(mode string) (*selector, string) {
	if mode == permissionPlan {
		return s.plan()
	}
	own := s.mode()
	if own == nil {
		return nil, ""
	}
	switch mode {
	case permissionAcceptEdits:
		return own, own.like(editWords...)
	case permissionBypass:
		return own, own.like(bypassWords...)
	}
	return own, ""
}

// setting is a value that a session must have.
type setting struct {
	name  string // of the option of the create request
	of    *selector
	value string
}

// modeSettings are the agent's modes that a session asks for.
func (s *sessionState) modeSettings(o adapters.Options) []setting {
	var wanted []setting
	switch o.AgentMode {
	case "", modeBuild:
	case modePlan:
		of, value := s.plan()
		wanted = append(wanted, setting{"agentMode", of, value})
	default:
		wanted = append(wanted, setting{"agentMode", s.mode(), o.AgentMode})
	}
	if o.PermissionMode != "" && o.PermissionMode != permissionDefault {
		of, value := s.permission(o.PermissionMode)
		wanted = append(wanted, setting{"permissionMode", of, value})
	}
	return wanted
}

// conflict says that two modes were asked for which are one setting of the agent.
func conflict(wanted []setting) bool {
	return len(wanted) == 2 && wanted[0].of.same(wanted[1].of) && wanted[0].value != wanted[1].value
}
