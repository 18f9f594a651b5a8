package claude

import (
	"context"
	"iter"
	"strings"

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

// planApproved says whether the session's last plan was approved: it has then left plan mode.
func planApproved(events iter.Seq[openapi.Event]) bool {
	approved := false
	for e := range events {
		d, ok := e.Data.(openapi.QuestionResolvedData)
		if ok && len(d.Options) == 2 && d.Options[0] == approve && d.Options[1] == reject {
			approved = d.Response != nil && strings.EqualFold(*d.Response, approve)
		}
	}
	return approved
}
