package opencode

import (
	"encoding/json"
	"fmt"
	"maps"
	"path/filepath"

	"github.com/parleyhq/parley/adapters/internal/environ"
	"github.com/parleyhq/parley/adapters/internal/skill"
	"github.com/parleyhq/parley/openapi"
)

// fields are those of a JSON object. What is not changed stays as it was, in its order.
type fields map[string]json.RawMessage

// inner gives the object in a field, empty where there is none.
func (f fields) inner(name string) fields {
	inner := fields{}
	_ = json.Unmarshal(f[name], &inner) // what is no object is replaced
	if inner == nil {
		inner = fields{}
	}
	return inner
}

func (f fields) set(name string, value any) {
	f[name], _ = json.Marshal(value) // texts, numbers and maps of them: cannot fail
}

// configuration is what a server is configured with, beside what the program finds in the user's directories and in the
// project: what the environment has of it, and then Parley's own.
func configuration(env environ.Env, mcp map[string]openapi.MCPServer, skills []skill.Skill, restored map[string]string) (string, error) {
	config := fields{}
	if given := env[contentVariable]; given != "" {
		if err := json.Unmarshal([]byte(given), &config); err != nil {
			return "", fmt.Errorf("%s is no JSON object: %w", contentVariable, err)
		}
	}
	config.goOn()
	config.askSubagents()
	if len(mcp) > 0 {
		servers := config.inner("mcp")
		for name, s := range mcp {
			servers.set(name, mcpServer(s.Canonical(), restored))
		}
		config.set("mcp", servers)
	}
	if len(skills) > 0 {
		config.addSkills(skills)
	}
	content, err := json.Marshal(config)
	return string(content), err
}

// goOn lets a turn go on after something was refused, so that the agent can say what it makes of that.
func (f fields) goOn() {
	experimental := f.inner("experimental")
	experimental.set("continue_loop_on_deny", true)
	f.set("experimental", experimental)
}

// askSubagents makes the subagents ask, as far as nothing is configured for them.
func (f fields) askSubagents() {
	agents := f.inner("agent")
	for _, name := range subagents {
		agent := agents.inner(name)
		permissions := agent.inner("permission")
		for _, permission := range dangerous {
			if permissions[permission] == nil && (name == "general" || permission != "edit") { // explore edits nothing
				permissions.set(permission, ask)
			}
		}
		agent.set("permission", permissions)
		agents.set(name, agent)
	}
	f.set("agent", agents)
}

func (f fields) addSkills(skills []skill.Skill) {
	section := f.inner("skills")
	var paths []string
	_ = json.Unmarshal(section["paths"], &paths) // none were given
	for _, s := range skills {
		paths = append(paths, s.Dir)
	}
	section.set("paths", paths)
	f.set("skills", section)
}

// mcpServer is an MCP server as the program takes it. Values from the environment are put in by the program itself: they are
// not in the configuration.
func mcpServer(s openapi.MCPServer, restored map[string]string) map[string]any {
	config := map[string]any{"type": s.Type, "enabled": s.Enabled == nil || *s.Enabled}
	if s.TimeoutMs > 0 {
		config["timeout"] = s.TimeoutMs
	}
	if s.Type == "local" {
		environment := maps.Clone(restored)
		maps.Copy(environment, s.Env)
		config["command"], config["environment"] = append(append([]string{}, s.Command...), s.Args...), environment
		if s.Cwd != "" {
			config["cwd"] = filepath.Clean(s.Cwd)
		}
		return config
	}
	headers := map[string]string{}
	maps.Copy(headers, s.Headers)
	for header, variable := range s.EnvHeaders {
		headers[header] = "{env:" + variable + "}"
	}
	if s.BearerTokenEnvVar != "" {
		headers["Authorization"] = "Bearer {env:" + s.BearerTokenEnvVar + "}"
	}
	config["url"], config["headers"] = s.URL, headers
	switch {
	case s.OAuth.Disabled:
		config["oauth"] = false
	case s.OAuth.Config != (openapi.MCPOAuthConfig{}):
		config["oauth"] = s.OAuth.Config
	}
	return config
}
