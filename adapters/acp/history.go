package acp

import (
	"context"
	"iter"

	"github.com/parleyhq/parley/adapters/internal/transcript"
	"github.com/parleyhq/parley/openapi"
)

// history yields the session's events as far as they can be read.
func (a *agent) history(ctx context.Context) iter.Seq[openapi.Event] {
	var all iter.Seq2[openapi.Event, error]
	if a.options.History != nil {
		all = a.options.History(ctx, 0)
	}
	return transcript.Readable(all, func(err error) { a.log.Warn("history not readable", "error", err) })
}

// toldMode is the mode that the agent told last; empty when it has kept the one that it was given.
func toldMode(events iter.Seq[openapi.Event]) (mode string) {
	for e := range events {
		d, ok := e.Data.(openapi.ItemCompletedData)
		if !ok || d.Item.Kind != openapi.ItemKindStatus || len(d.Item.Content) == 0 {
			continue
		}
		if p, ok := d.Item.Content[0].Part.(openapi.StatusPart); ok && p.Label == labelMode {
			mode = deref(p.Detail)
		}
	}
	return mode
}
