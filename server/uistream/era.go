package uistream

import (
	"encoding/json"

	"github.com/parleyhq/parley/openapi"
)

// Era is a generation of clients: the number that they send as X-Octavus-Sdk-Version, 0 for those that send none.
type Era int

// fullParts is the era that knows all that there is.
const fullParts Era = 4

// fit makes a part one that clients of an era take: one that they do not know makes them refuse the whole session. It
// reports false where there is no such part.
func fit(p openapi.UIPart, era Era) (openapi.UIPart, bool) {
	switch p.Type {
	case partText, partReasoning:
		return p, p.Text != "" // a required field
	case partToolCall:
		return fitCall(p, era), p.ToolCallID != "" && p.ToolName != ""
	case partOperation:
		if p.Status == statusCancelled && era < fullParts {
			p.Status = statusDone
		}
		return p, p.OperationID != "" && p.Name != "" && p.OperationType != ""
	case partFile:
		return p, p.ID != "" && p.MediaType != "" && p.URL != ""
	case partSource:
		return p, p.ID != "" && (p.URL != "" || p.MediaType != "" && p.Title != "")
	case partObject:
		p.Object, p.Partial = known(p.Object), known(p.Partial)
		return p, p.ID != "" && p.TypeName != ""
	case "step-start":
		return p, era >= fullParts
	}
	return p, false
}

func fitCall(p openapi.UIPart, era Era) openapi.UIPart {
	p.Args, p.Result = object(string(p.Args)), known(p.Result)
	if p.Status == statusCancelled && era < fullParts {
		p.Status = statusError
		if p.Error == "" {
			p.Error = textCancelled
		}
	}
	return p
}

// known leaves out a null: an optional field that is null is refused.
func known(raw json.RawMessage) json.RawMessage {
	if string(raw) == "null" {
		return nil
	}
	return raw
}
