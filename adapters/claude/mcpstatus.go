package claude

import (
	"encoding/json"
	"slices"

	"github.com/parleyhq/parley/openapi"
)

// mcpStatus is how an MCP server is, as the program tells at the beginning of each turn. Why, it tells only when it is asked
// (control request mcp_status).
type mcpStatus struct {
	Name   string `json:"name"`
	Status string `json:"status"` // connected, failed, needs-auth, pending, disabled
	Error  string `json:"error"`
}

// trouble notes the servers that are not as they should be and were not told of. It reports whether there are any: the
// program is then asked why. The session's own servers should be connected, those of the user and the project must not have
// failed.
func (c *converter) trouble(servers []mcpStatus) bool {
	listed := map[string]bool{}
	for _, s := range servers {
		listed[s.Name] = true
		if s.Status == "failed" || slices.Contains(c.servers, s.Name) && s.Status != "connected" {
			c.noteTrouble(s)
		}
	}
	for _, name := range c.servers {
		if !listed[name] {
			c.noteTrouble(mcpStatus{Name: name, Status: "not taken by Claude Code"})
		}
	}
	return len(c.troubles) > 0
}

func (c *converter) noteTrouble(s mcpStatus) {
	if c.told[s.Name] != s.Status {
		c.told[s.Name] = s.Status
		c.troubles = append(c.troubles, s)
	}
}

// tellTrouble tells of the servers that were noted, once there is an answer to the question why.
func (c *converter) tellTrouble(response json.RawMessage) []openapi.Output {
	var answer struct {
		Response struct {
			Servers []mcpStatus `json:"mcpServers"`
		} `json:"response"`
	}
	_ = json.Unmarshal(response, &answer) // an older version does not know
	c.out = c.out[:0]
	for _, s := range c.troubles {
		detail := s.Name + ": " + s.Status
		for _, why := range answer.Response.Servers {
			if why.Name == s.Name && why.Error != "" {
				detail += ": " + why.Error
			}
		}
		c.status("mcp", detail)
	}
	c.troubles = nil
	return c.out
}
