// Package mcpserver says what a session's MCP servers are to a program that starts them, or connects to them, by itself.
//
// It imports openapi and the standard library. The servers are in their canonical form.
package mcpserver

import (
	"maps"
	"slices"

	"github.com/parleyhq/parley/openapi"
)

// Enabled are the servers that are to be used.
func Enabled(servers map[string]openapi.MCPServer) map[string]openapi.MCPServer {
	enabled := maps.Clone(servers)
	maps.DeleteFunc(enabled, func(_ string, s openapi.MCPServer) bool { return s.Enabled != nil && !*s.Enabled })
	return enabled
}

// Argv is a local server's command line, for programs that cannot be told its directory.
func Argv(s openapi.MCPServer) []string {
	argv := slices.Concat(s.Command, s.Args)
	if s.Cwd != "" {
		argv = append([]string{"/bin/sh", "-c", `cd -- "$0" && exec "$@"`, s.Cwd}, argv...)
	}
	return argv
}

// Headers are a remote server's headers, for programs that put their environment's variables in the place of ${NAME}.
func Headers(s openapi.MCPServer) map[string]string {
	headers := map[string]string{}
	maps.Copy(headers, s.Headers)
	for name, variable := range s.EnvHeaders {
		headers[name] = "${" + variable + "}"
	}
	if s.BearerTokenEnvVar != "" {
		headers["Authorization"] = "Bearer ${" + s.BearerTokenEnvVar + "}"
	}
	return headers
}
