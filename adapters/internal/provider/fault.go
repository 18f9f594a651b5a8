package provider

import (
	"bytes"
	"cmp"
	"encoding/json"
	"strconv"
	"strings"
)

// fault is what a provider says about an error, in the body of a response or in an event.
type fault struct {
	message   string
	code      string // a name or a number
	kind      string // a name, coarser than code
	requestID string
}

// name is the finest name that the provider gives.
func (f fault) name() string { return cmp.Or(f.code, f.kind) }

// rawFault has the forms that errors come in: {"error": {...}} and {"error": "text"} of both APIs and most of those that
// imitate them, the same members without "error", {"detail": "text"}, and any of them in a list.
type rawFault struct {
	Object    text            `json:"object"`
	Error     json.RawMessage `json:"error"`
	Message   text            `json:"message"`
	Detail    text            `json:"detail"`
	Type      text            `json:"type"`
	Code      text            `json:"code"`
	RequestID text            `json:"request_id"`
}

// text is a string, or a number as one. Everything else is empty: it must not hide the rest.
type text string

func (t *text) UnmarshalJSON(data []byte) error {
	var s string
	if json.Unmarshal(data, &s) == nil {
		*t = text(s)
	} else if _, err := strconv.Atoi(string(data)); err == nil {
		*t = text(data)
	}
	return nil
}

// readFault reads what may tell of an error, and reports false when it does not.
func readFault(data []byte) (fault, bool) {
	data = bytes.TrimSpace(data)
	if list := []json.RawMessage(nil); json.Unmarshal(data, &list) == nil && len(list) > 0 {
		data = list[0]
	}
	var raw rawFault
	if json.Unmarshal(data, &raw) != nil {
		return fault{}, false
	}
	if len(raw.Error) == 0 || string(raw.Error) == "null" {
		return raw.fault(), raw.Object == "error"
	}
	inner := rawFault{}
	if json.Unmarshal(raw.Error, &inner) != nil {
		_ = inner.Message.UnmarshalJSON(raw.Error) // never fails
	}
	inner.RequestID = cmp.Or(inner.RequestID, raw.RequestID)
	return inner.fault(), true
}

func (r rawFault) fault() fault {
	return fault{
		message:   string(cmp.Or(r.Message, r.Detail)),
		code:      string(r.Code),
		kind:      string(r.Type),
		requestID: string(r.RequestID),
	}
}

// plain is what there is to say about a body that says nothing of its own: its beginning, unless it is a web page.
func plain(body []byte) string {
	s := strings.TrimSpace(string(body))
	if strings.HasPrefix(s, "<") {
		return ""
	}
	return s
}
