package opencode

import (
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/parleyhq/parley/openapi"
)

// rule is one rule on what an agent may do. Of those that match the last one decides; both texts are patterns.
type rule struct {
	Permission string `json:"permission"`
	Pattern    string `json:"pattern"`
	Action     string `json:"action"` // allow, ask or deny
}

const (
	allow = "allow"
	ask   = "ask"
	deny  = "deny"

	everything = "*"
)

// dangerous are the permissions that people are asked for. By itself the program allows nearly everything.
var dangerous = []string{"edit", "bash", "webfetch", "websearch"}

// subagents are those that every OpenCode has. They are told to ask by the configuration: a session's rules do not
// reach them. Those that somebody has configured are asked about before they begin.
var subagents = []string{"general", "explore"}

// rules are those of a session, made of those of its agent: what the user has configured for the project is among them,
// behind the program's own, and holds in every mode; but for what bypass or acceptEdits allow, of which only a denial is left.
// client has the names of the client's tools: people are not asked for those.
func rules(mode string, agent []rule, mcp map[string]openapi.MCPServer, client map[string]string) []rule {
	var all []rule
	if len(agent) > 0 && agent[0] == (rule{everything, everything, allow}) {
		all, agent = append(all, agent[0]), agent[1:]
	}
	all = append(all, asks(mcp)...)
	all = append(all, agent...)
	for i, r := range all {
		if r.Action == ask && permits(mode, r.Permission) {
			all[i].Action = allow
		}
	}
	if mode == permissionPlan {
		all = append(all, rule{"edit", everything, deny})
	}
	for _, tool := range slices.Sorted(maps.Keys(client)) {
		all = append(all, rule{tool, everything, allow})
	}
	return all
}

// asks are the rules by which people are asked.
func asks(mcp map[string]openapi.MCPServer) []rule {
	var all []rule
	for _, permission := range dangerous {
		all = append(all, rule{permission, everything, ask})
	}
	all = append(all, rule{"task", everything, ask})
	for _, name := range subagents {
		all = append(all, rule{"task", name, allow})
	}
	for _, name := range slices.Sorted(maps.Keys(mcp)) {
		all = append(all, rule{toolPrefix(name) + everything, everything, ask})
	}
	return all
}

var notInToolNames = regexp.MustCompile(`[^a-zA-Z0-9_-]`)

// toolPrefix is what the names of an MCP server's tools begin with.
func toolPrefix(server string) string { return notInToolNames.ReplaceAllString(server, "_") + "_" }

// mcpToolName is the name that the program has for an MCP server's tool.
func mcpToolName(server, tool string) string { return toolPrefix(server) + tool }

// permits says whether a permission mode gives a permission without asking.
func permits(mode, permission string) bool {
	return mode == permissionBypass || mode == permissionAcceptEdits && permission == "edit"
}

// grants are what the user has allowed for good in this session. The program would keep them for all sessions of a
// directory.
type grants []rule

func (g *grants) add(r *request) {
	for _, pattern := range r.Always {
		*g = append(*g, rule{r.Permission, pattern, allow})
	}
}

// cover says whether all that a request asks for is granted.
func (g grants) cover(r *request) bool {
	granted := func(pattern string) bool {
		return slices.ContainsFunc(g, func(given rule) bool {
			return given.Permission == r.Permission && matches(given.Pattern, pattern)
		})
	}
	for _, pattern := range r.Patterns {
		if !granted(pattern) {
			return false
		}
	}
	return len(r.Patterns) > 0
}

// matches compares a text with a pattern as the program does: "*" stands for anything, "?" for one character, and a
// pattern that ends in " *" also for what has nothing there.
func matches(pattern, text string) bool {
	var expr strings.Builder
	rest, open := strings.CutSuffix(pattern, " *")
	for _, c := range rest {
		switch c {
		case '*':
			expr.WriteString(".*")
		case '?':
			expr.WriteString(".")
		default:
			expr.WriteString(regexp.QuoteMeta(string(c)))
		}
	}
	if open {
		expr.WriteString("( .*)?")
	}
	ok, err := regexp.MatchString("(?s)^(?:"+expr.String()+")$", text)
	return ok && err == nil
}
