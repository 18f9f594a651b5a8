package uistream

import (
	"encoding/json"
	"strings"

	"github.com/parleyhq/parley/openapi"
)

// part is a part of a message on its way. Its text is put together when it is asked for.
type part struct {
	openapi.UIPart
	text strings.Builder
}

// The types and statuses of parts.
const (
	partText      = "text"
	partReasoning = "reasoning"
	partToolCall  = "tool-call"
	partOperation = "operation"
	partFile      = "file"
	partSource    = "source"
	partObject    = "object"

	statusStreaming = "streaming"
	statusPending   = "pending"
	statusRunning   = "running"
	statusDone      = "done"
	statusError     = "error"
	statusCancelled = "cancelled"
)

func (p *part) write(delta string) {
	if p != nil {
		p.text.WriteString(delta)
	}
}

// end ends a text. That of an object is read then.
func (p *part) end() {
	if p == nil {
		return
	}
	p.Status = statusDone
	if p.Type == partObject && !json.Valid([]byte(p.text.String())) {
		p.Status, p.Error = statusError, "The response is not JSON."
	}
}

// fit is the part as it stands in a message.
func (p *part) fit(era Era) (openapi.UIPart, bool) {
	ui := p.UIPart
	switch ui.Type {
	case partText, partReasoning:
		ui.Text = p.text.String()
	case partObject:
		if text := p.text.String(); ui.Status == statusDone {
			ui.Object = json.RawMessage(text)
		}
	}
	return fit(ui, era)
}
