package codex

import (
	"github.com/parleyhq/parley/adapters"
	"github.com/parleyhq/parley/adapters/internal/picture"
)

// input is what the model gets: what happened before, if it does not know it, the images among the attachments, and the
// message, which lists all of them.
func (a *agent) input(in adapters.Input, replay string) []any {
	var pieces []any
	if replay != "" {
		pieces = append(pieces, newText(replay))
	}
	for _, attachment := range in.Attachments {
		if dir := a.options.Directory; picture.Readable(attachment, dir) {
			pieces = append(pieces, newLocalImage(picture.Path(attachment, dir)))
		}
	}
	return append(pieces, newText(in.Text))
}
