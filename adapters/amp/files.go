package amp

import (
	"context"

	"github.com/parleyhq/parley/adapters/internal/mcpserver"
	"github.com/parleyhq/parley/adapters/internal/sessiondir"
	"github.com/parleyhq/parley/adapters/internal/skill"
	"github.com/parleyhq/parley/openapi"
)

// The files of a process.
const (
	settingsFile = "settings.json"
	serversFile  = "mcp.json"
	skillsDir    = "skills"
)

// give makes the files of a process that is about to start, and the options that name them.
func (a *agent) give(ctx context.Context) (dir sessiondir.Dir, args []string, err error) {
	if dir, err = sessiondir.Of(a.adapter.config.DataDir, ID, a.options.SessionID); err != nil {
		return "", nil, err
	}
	if err := dir.Make(); err != nil {
		return dir, nil, err
	}
	if args, err = a.giveSettings(ctx, dir); err != nil {
		return dir, nil, err
	}
	if servers := mcpServers(a.options.MCP); len(servers) > 0 {
		args = append(args, "--mcp-config", dir.Path(serversFile))
		err = dir.WriteJSON(servers, serversFile)
	}
	return dir, args, err
}

// giveSettings puts the session's own settings into a copy of those that are in force.
func (a *agent) giveSettings(ctx context.Context, dir sessiondir.Dir) (args []string, err error) {
	skills, err := a.giveSkills(ctx, dir)
	if err != nil {
		return nil, err
	}
	path, bypass := a.adapter.settingsPath(), a.options.PermissionMode == permissionBypass
	if !bypass && skills == "" {
		return []string{"--settings-file", path}, nil
	}
	all, err := readSettings(path)
	if err != nil {
		return nil, err
	}
	return []string{"--settings-file", dir.Path(settingsFile)}, dir.WriteJSON(all.with(bypass, skills), settingsFile)
}

// giveSkills copies the session's skills and gives their directory; empty when there are none.
func (a *agent) giveSkills(ctx context.Context, dir sessiondir.Dir) (string, error) {
	sources := a.adapter.skills(a.options)
	if len(sources.Skills.Sources) == 0 {
		return "", nil
	}
	found, err := sources.Load(ctx)
	if err != nil {
		return "", err
	}
	return dir.Path(skillsDir), skill.Copy(dir.Path(skillsDir), found)
}

// mcpServer is an MCP server as Amp takes it. In its texts ${NAME} is the program's own environment.
type mcpServer struct {
	Command   string            `json:"command,omitempty"`
	Args      []string          `json:"args,omitempty"`
	Env       map[string]string `json:"env,omitempty"`
	URL       string            `json:"url,omitempty"`
	Headers   map[string]string `json:"headers,omitempty"`
	Transport string            `json:"transport,omitempty"`
}

func mcpServers(of map[string]openapi.MCPServer) map[string]mcpServer {
	servers := map[string]mcpServer{}
	for name, s := range mcpserver.Enabled(of) {
		if s.Type == "local" {
			argv := mcpserver.Argv(s)
			servers[name] = mcpServer{Command: argv[0], Args: argv[1:], Env: s.Env}
		} else {
			servers[name] = mcpServer{URL: s.URL, Headers: mcpserver.Headers(s), Transport: s.Transport}
		}
	}
	return servers
}
