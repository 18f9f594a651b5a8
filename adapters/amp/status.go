package amp

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/parleyhq/parley/openapi"
)

// status is a note for people.
func (c *converter) status(label, detail string) {
	c.complete(openapi.Item{
		NativeItemID: new(c.nativeID("status/" + label)), Kind: openapi.ItemKindStatus,
		Role: new(openapi.ItemRoleAssistant), Content: openapi.Parts(openapi.StatusPart{Label: label, Detail: &detail}),
	}, openapi.ItemStatusCompleted)
}

// unknownVariant says that a session's variant means nothing here.
func (c *converter) unknownVariant(variant string) []openapi.Output {
	c.out = c.out[:0]
	c.status("variant", "unknown and not used: "+variant+"; known are "+strings.Join(variants, ", "))
	return c.out
}

// working are the states of an MCP server in which there is nothing to tell of it.
var working = []string{"connected", "connecting", "reconnecting"}

// trouble tells of the MCP servers that are not as they should be, each time that they are so in another way: the session's
// own that do not work, those of the user and the project that have failed.
func (c *converter) trouble(servers []mcpStatus) {
	for _, s := range servers {
		own := slices.Contains(c.servers, s.Name)
		if slices.Contains(working, s.Status) || !own && s.Status != "failed" || c.told[s.Name] == s.Status {
			continue
		}
		c.told[s.Name] = s.Status
		c.status("mcp", s.Name+": "+s.Status)
	}
}

// location is where lines come from.
const location = "amp.stdout"

// unparsed keeps a line that makes no sense.
func unparsed(raw []byte, reason error) openapi.Output {
	if !json.Valid(raw) {
		raw, _ = json.Marshal(string(raw)) // a string: cannot fail
	}
	return openapi.Unparsed{Data: openapi.AgentUnparsedData{Error: reason.Error(), Location: location}, Raw: raw}
}
