package codex

import (
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"time"

	"github.com/parleyhq/parley/adapters"
	"github.com/parleyhq/parley/openapi"
)

// mcpServer is a server in Codex's own configuration.
type mcpServer struct {
	Command        string            `json:"command,omitempty"`
	Args           []string          `json:"args,omitempty"`
	Env            map[string]string `json:"env,omitempty"`
	Cwd            string            `json:"cwd,omitempty"`
	URL            string            `json:"url,omitempty"`
	BearerVariable string            `json:"bearer_token_env_var,omitempty"`
	Headers        map[string]string `json:"http_headers,omitempty"`
	EnvHeaders     map[string]string `json:"env_http_headers,omitempty"`
	Enabled        *bool             `json:"enabled,omitempty"`
	StartTimeout   int64             `json:"startup_timeout_sec,omitempty"`
	ToolTimeout    int64             `json:"tool_timeout_sec,omitempty"`
}

// mcpServers are the session's servers. They go with the thread, over the program's input: on its command line everybody
// on the machine could read their secrets, and the user's own files stay as they are.
func mcpServers(o adapters.Options) map[string]mcpServer {
	servers := map[string]mcpServer{}
	for name, s := range o.MCP {
		seconds := (s.TimeoutMs + 999) / int64(time.Second/time.Millisecond)
		server := mcpServer{Enabled: s.Enabled, StartTimeout: seconds, ToolTimeout: seconds}
		if name == o.ToolServer {
			server.StartTimeout = 0 // Codex's own: a call may take a day, but turns wait for the start
		}
		if s.Type == "remote" {
			server.URL, server.BearerVariable, server.Headers, server.EnvHeaders = s.URL, s.BearerTokenEnvVar, s.Headers, s.EnvHeaders
		} else {
			server.Command, server.Args = s.Command[0], slices.Concat(s.Command[1:], s.Args)
			server.Env, server.Cwd = s.Env, s.Cwd
			if s.Cwd != "" && !filepath.IsAbs(s.Cwd) {
				server.Cwd = filepath.Join(o.Directory, s.Cwd)
			}
		}
		servers[name] = server
	}
	return servers
}

// mcpName is what Codex takes as the name of a server.
var mcpName = regexp.MustCompile(`^[a-zA-Z0-9_:@/.-]+$`)

// checkMCP refuses what Codex cannot do with a server.
func checkMCP(servers map[string]openapi.MCPServer) error {
	for name, s := range servers {
		reason := ""
		switch {
		case !mcpName.MatchString(name):
			reason = "the name must be of letters, digits and _ : @ / . -"
		case s.Transport == "sse":
			reason = "Codex speaks the transport http only"
		case s.OAuth.Config != openapi.MCPOAuthConfig{}:
			reason = "Codex takes no OAuth client of the session's; log in by `codex mcp login`"
		default:
			continue
		}
		return &adapters.OptionError{Option: "mcp", Reason: fmt.Sprintf("server %q: %s", name, reason)}
	}
	return nil
}
