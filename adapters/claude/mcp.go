package claude

import (
	"cmp"

	"github.com/parleyhq/parley/adapters"
	"github.com/parleyhq/parley/adapters/internal/mcpserver"
	"github.com/parleyhq/parley/openapi"
)

// mcpConfig is a file of MCP servers as Claude Code takes it. In its texts ${NAME} is the program's own environment.
type mcpConfig struct {
	Servers map[string]mcpServer `json:"mcpServers"`
}

type mcpServer struct {
	Type    string            `json:"type"` // stdio, http or sse
	Command string            `json:"command,omitempty"`
	Args    []string          `json:"args,omitempty"`
	Env     map[string]string `json:"env,omitempty"`
	URL     string            `json:"url,omitempty"`
	Headers map[string]string `json:"headers,omitempty"`
	Timeout int64             `json:"timeout,omitempty"` // of a call, in milliseconds
}

// shortestTimeout is in milliseconds: a shorter one is ignored by the program.
const shortestTimeout = 1000

func newMCPConfig(servers map[string]openapi.MCPServer) mcpConfig {
	config := mcpConfig{Servers: map[string]mcpServer{}}
	for name, s := range mcpserver.Enabled(servers) {
		server := mcpServer{Type: cmp.Or(s.Transport, "http"), URL: s.URL, Headers: mcpserver.Headers(s)}
		if s.Type == "local" {
			argv := mcpserver.Argv(s)
			server = mcpServer{Type: "stdio", Command: argv[0], Args: argv[1:], Env: s.Env}
		}
		if s.TimeoutMs > 0 {
			server.Timeout = max(s.TimeoutMs, shortestTimeout)
		}
		config.Servers[name] = server
	}
	return config
}

// mcpToolName is the name that the model knows a server's tool by.
func mcpToolName(server, tool string) string { return "mcp__" + server + "__" + tool }

// checkMCP refuses what Claude Code cannot do: it logs in to MCP servers from its own terminal only.
func checkMCP(servers map[string]openapi.MCPServer) error {
	for name, s := range servers {
		if s.OAuth.Config != (openapi.MCPOAuthConfig{}) {
			return &adapters.OptionError{
				Option: "mcp",
				Reason: "server " + name + ": Claude Code cannot log in by OAuth here; use headers, bearerTokenEnvVar or envHeaders",
			}
		}
	}
	return nil
}
