package provider

import (
	"bytes"
	"errors"
	"io"
)

// body is the body of a response under guard.
type body struct {
	body  io.ReadCloser
	watch *watch
	total int
	event int  // bytes of the event so far
	blank bool // the line so far
}

func (b *body) Read(p []byte) (int, error) {
	b.watch.begin()
	n, err := b.body.Read(p)
	b.watch.end()
	if err := b.count(p[:n]); err != nil {
		return 0, err
	}
	if err != nil && !errors.Is(err, io.EOF) {
		err = b.watch.fault(err)
	}
	return n, err
}

// count measures events, which end with an empty line.
func (b *body) count(p []byte) error {
	if b.total += len(p); b.total > maxAnswer {
		return &Error{Kind: KindProvider, Message: "the answer is longer than 64 MiB"}
	}
	for len(p) > 0 {
		line, rest, ended := bytes.Cut(p, []byte("\n"))
		b.event += len(p) - len(rest)
		if b.event > MaxEvent {
			return &Error{Kind: KindProvider, Message: "an event of the stream is longer than 4 MiB"}
		}
		b.blank = b.blank && len(bytes.Trim(line, "\r")) == 0
		if ended && b.blank {
			b.event = 0
		}
		b.blank = b.blank || ended
		p = rest
	}
	return nil
}

func (b *body) Close() error {
	defer b.watch.cancel(nil)
	return b.body.Close()
}
