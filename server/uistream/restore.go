package uistream

import (
	"cmp"
	"slices"

	"github.com/parleyhq/parley/openapi"
)

// restore puts messages in the place of all that were. They are over, whatever they say.
func (m *Messages) restore(e openapi.Event, d openapi.SessionRestoredData) {
	m.list, m.fired = nil, nil
	for _, restored := range d.Messages {
		restored.Status = openapi.UIMessageStatusDone
		restored.CreatedAt = cmp.Or(restored.CreatedAt, timestamp(e.Time))
		restored.Parts = slices.Clone(restored.Parts)
		for i := range restored.Parts {
			settle(&restored.Parts[i])
		}
		m.list = append(m.list, &message{UIMessage: restored})
	}
}

// settle ends a part that somebody stored while it was under way.
func settle(p *openapi.UIPart) {
	switch p.Type {
	case partText, partReasoning, partObject, partOperation:
		if p.Status == "" || p.Status == statusStreaming || p.Status == statusRunning {
			p.Status = statusDone
		}
	case partToolCall:
		if p.Status != "" && p.Status != statusPending && p.Status != statusRunning {
			return
		}
		if p.Status = statusCancelled; len(p.Result) > 0 {
			p.Status = statusDone
		}
	}
}
