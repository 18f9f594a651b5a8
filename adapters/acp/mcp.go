package acp

import (
	"fmt"
	"maps"
	"slices"

	"github.com/parleyhq/parley/adapters"
	"github.com/parleyhq/parley/adapters/internal/environ"
	"github.com/parleyhq/parley/openapi"
)

// servers are the session's MCP servers as the agent takes them.
func (o *opening) servers() ([]object, error) {
	servers := []object{} // the protocol wants a list
	for _, name := range slices.Sorted(maps.Keys(o.options.MCP)) {
		s := o.options.MCP[name]
		if s.Enabled != nil && !*s.Enabled {
			continue
		}
		if err := takesMCP(name, s, o.env, &o.about.Capabilities); err != nil {
			return nil, err
		}
		servers = append(servers, server(name, s, o.env))
	}
	return servers, nil
}

// takesMCP refuses what cannot be said to an agent. can is nil while it is not known what it can.
func takesMCP(name string, s openapi.MCPServer, env environ.Env, can *agentCapabilities) error {
	refuse := func(reason string) error {
		return &adapters.OptionError{Option: "mcp", Reason: fmt.Sprintf("server %s: %s", name, reason)}
	}
	switch {
	case s.TimeoutMs != 0:
		return refuse("timeoutMs cannot be told to the agent")
	case s.OAuth.Config != (openapi.MCPOAuthConfig{}):
		return refuse("oauth cannot be told to the agent")
	case s.Type == "local":
		return nil
	case can != nil && s.Transport == "sse" && !can.MCP.SSE:
		return refuse("the agent takes no MCP servers over sse")
	case can != nil && s.Transport != "sse" && !can.MCP.HTTP:
		return refuse("the agent takes no MCP servers over http")
	}
	for _, variable := range variables(s) {
		if env[variable] == "" {
			return refuse("the environment of the server has no variable " + variable)
		}
	}
	return nil
}

// variables are those that a server's headers are made of.
func variables(s openapi.MCPServer) []string {
	names := slices.Sorted(maps.Values(s.EnvHeaders))
	if s.BearerTokenEnvVar != "" {
		names = append(names, s.BearerTokenEnvVar)
	}
	return names
}

func server(name string, s openapi.MCPServer, env environ.Env) object {
	if s.Type == "local" {
		argv := slices.Concat(s.Command, s.Args)
		if s.Cwd != "" { // the protocol has no word for it
			argv = append([]string{"/bin/sh", "-c", `cd -- "$0" && exec "$@"`, s.Cwd}, argv...)
		}
		return object{"name": name, "command": argv[0], "args": argv[1:], "env": pairs(s.Env)}
	}
	headers := map[string]string{}
	maps.Copy(headers, s.Headers)
	for header, variable := range s.EnvHeaders {
		headers[header] = env[variable]
	}
	if s.BearerTokenEnvVar != "" {
		headers["Authorization"] = "Bearer " + env[s.BearerTokenEnvVar]
	}
	kind := "http"
	if s.Transport == "sse" {
		kind = "sse"
	}
	return object{"type": kind, "name": name, "url": s.URL, "headers": pairs(headers)}
}

// pairs is a map as the protocol has it, in order.
func pairs(of map[string]string) []object {
	list := []object{}
	for _, name := range slices.Sorted(maps.Keys(of)) {
		list = append(list, object{"name": name, "value": of[name]})
	}
	return list
}
