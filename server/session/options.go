package session

import (
	"context"
	"os"
	"path/filepath"
	"strings"

	"github.com/parleyhq/parley/adapters"
	"github.com/parleyhq/parley/openapi"
)

// What a request that names no modes means.
const (
	defaultAgentMode      = "build"
	defaultPermissionMode = "default"
)

// permissionModes are the values that permissionMode may have for some agent.
var permissionModes = map[string]bool{"default": true, "plan": true, "bypass": true, "acceptEdits": true}

// prepare checks everything that a create request asks for, before anything is written, and fills in what it leaves out.
func (s *Service) prepare(ctx context.Context, adapter adapters.Adapter, id string, req openapi.CreateSessionRequest) (data, error) {
	about := adapter.Info(ctx)
	d := data{
		Agent:          req.Agent,
		AgentMode:      req.AgentMode,
		PermissionMode: req.PermissionMode,
		Model:          req.Model,
		Variant:        req.Variant,
		AgentVersion:   req.AgentVersion,
		Directory:      req.Directory,
		Title:          req.Title,
		Skills:         req.Skills,
		Input:          req.Input,
		ClientTools:    req.ClientTools,
	}
	if err := checkTakes(about, req); err != nil {
		return d, err
	}
	if err := setModes(&d, about); err != nil {
		return d, err
	}
	if d.Model == "" {
		d.Model = about.DefaultModel
	}
	if err := checkDirectory(d.Directory); err != nil {
		return d, err
	}
	if err := setMCP(&d, req.MCP); err != nil {
		return d, err
	}
	if err := checkSkills(req.Skills); err != nil {
		return d, err
	}
	if err := s.checkClientTools(req); err != nil {
		return d, err
	}
	return d, s.ready(ctx, adapter, about, id, &d)
}

// ready asks the adapter itself: whether it takes the options, and whether there is a program to start.
func (s *Service) ready(ctx context.Context, adapter adapters.Adapter, about adapters.Info, id string, d *data) error {
	o := d.options(id, "")
	if len(d.ClientTools) > 0 {
		o = s.withTools(o, d.ClientTools, "")
	}
	if p, ok := adapter.(adapters.Preparer); ok {
		o, err := p.Prepare(ctx, o)
		if err != nil {
			return agentFault(d.Agent, err)
		}
		d.Model, d.Variant, d.AgentVersion, d.Input = o.Model, o.Variant, o.AgentVersion, o.Input
		return nil
	}
	if !about.Installed {
		return &Error{Code: CodeAgentNotInstalled, Detail: d.Agent, Agent: d.Agent}
	}
	return nil
}

// checkTakes refuses what the agent would have to ignore.
func checkTakes(about adapters.Info, req openapi.CreateSessionRequest) error {
	t := about.Takes
	for _, o := range []struct {
		name        string
		asked, took bool
	}{
		{"model", req.Model != "", t.Model},
		{"variant", req.Variant != "", t.Variant},
		{"agentVersion", req.AgentVersion != "", t.AgentVersion},
		{"directory", req.Directory != "", t.Directory},
		{"mcp", len(req.MCP) > 0, t.MCP},
		{"skills", len(req.Skills.Sources) > 0, t.Skills},
		{"input", len(req.Input) > 0, t.Input},
		{"clientTools", len(req.ClientTools) > 0, t.ClientTools},
	} {
		if o.asked && !o.took {
			return invalid("%s: not supported by agent %s", o.name, about.ID)
		}
	}
	return nil
}

func setModes(d *data, about adapters.Info) error {
	if d.AgentMode == "" {
		d.AgentMode = defaultAgentMode
	}
	if d.PermissionMode == "" {
		d.PermissionMode = defaultPermissionMode
	}
	if !permissionModes[d.PermissionMode] {
		return invalid("invalid permission mode: %s", d.PermissionMode)
	}
	if !hasMode(about, d.AgentMode) {
		return modeNotSupported(d.Agent, d.AgentMode)
	}
	mode, ok := about.PermissionModes[d.PermissionMode]
	if !ok {
		return modeNotSupported(d.Agent, d.PermissionMode)
	}
	d.PermissionMode = mode
	return nil
}

func hasMode(about adapters.Info, mode string) bool {
	if about.AnyMode {
		return true
	}
	for _, m := range about.Modes {
		if m.ID == mode {
			return true
		}
	}
	return false
}

func modeNotSupported(agent, mode string) error {
	return &Error{
		Code:    CodeModeNotSupported,
		Detail:  agent + " " + mode,
		Agent:   agent,
		Details: map[string]any{"mode": mode},
	}
}

// checkDirectory makes sure that the agent can work where it is told to.
func checkDirectory(dir string) error {
	if dir == "" {
		return nil
	}
	if !filepath.IsAbs(dir) {
		return invalid("directory: not an absolute path: %s", dir)
	}
	stat, err := os.Stat(dir)
	switch {
	case err != nil:
		return invalid("directory: path not found: %s", dir)
	case !stat.IsDir():
		return invalid("directory: not a directory: %s", dir)
	}
	return nil
}

// setMCP checks the MCP servers and keeps them under the contract's own spelling.
func setMCP(d *data, servers map[string]openapi.MCPServer) error {
	for name, server := range servers {
		server = server.Canonical()
		if err := checkMCP(name, server); err != nil {
			return err
		}
		if d.MCP == nil {
			d.MCP = map[string]openapi.MCPServer{}
		}
		d.MCP[name] = server
	}
	return nil
}

func checkMCP(name string, server openapi.MCPServer) error {
	switch {
	case strings.TrimSpace(name) == "":
		return invalid("mcp: a server needs a name")
	case server.Type != "local" && server.Type != "remote":
		return invalid("mcp server %s: unknown type: %s", name, server.Type)
	case server.Type == "local" && (len(server.Command) == 0 || server.Command[0] == ""):
		return invalid("mcp server %s: command is missing", name)
	case server.Type == "remote" && server.URL == "":
		return invalid("mcp server %s: url is missing", name)
	case server.Transport != "" && server.Transport != "http" && server.Transport != "sse":
		return invalid("mcp server %s: unknown transport: %s", name, server.Transport)
	}
	return nil
}

func checkSkills(skills openapi.Skills) error {
	for _, source := range skills.Sources {
		switch source.Type {
		case "github", "git", "local":
		default:
			return invalid("skills: unknown source type: %s", source.Type)
		}
		if source.Source == "" {
			return invalid("skills: a source of type %s is empty", source.Type)
		}
	}
	return nil
}
