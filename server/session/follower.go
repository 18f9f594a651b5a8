package session

import (
	"context"
	"errors"
	"io"
	"sync"

	"github.com/parleyhq/parley/server/store"
)

// Follower reads a session's log at its own pace, from the past into the future. It holds a place in the log and nothing
// else, so a slow one delays nobody and misses nothing. It is used by one goroutine.
type Follower struct {
	sessions *Service
	live     *live
	cursor   uint64
	raw      bool
	ahead    []store.Record // read before they were asked for
	close    func()
}

// Follow begins to follow a session after a sequence. The follower must be closed. What is stored of the log is read once
// before Follow returns, so that damage is an error here and not in the middle of an answer.
func (s *Service) Follow(ctx context.Context, id string, after uint64, raw bool) (*Follower, error) {
	if n := s.followers.Add(1); s.cfg.Followers > 0 && n > int64(s.cfg.Followers) {
		s.followers.Add(-1)
		return nil, &Error{Code: CodeLimitExceeded, Detail: "too many followers", SessionID: id}
	}
	l, err := s.acquire(ctx, id)
	if err != nil {
		s.followers.Add(-1)
		return nil, err
	}
	release := sync.OnceFunc(func() {
		s.followers.Add(-1)
		s.release(l)
	})
	f := &Follower{sessions: s, live: l, cursor: after, raw: raw, close: release}
	if l.feed.after(after).behind {
		f.ahead, err = f.page(ctx)
		if err != nil && !errors.Is(err, io.EOF) {
			release()
			return nil, err
		}
	}
	return f, nil
}

// Next blocks until there is something after what was read last, and returns it in order. The records must not be changed.
// io.EOF says that nothing will follow: the session was terminated or deleted, or the service is closing.
func (f *Follower) Next(ctx context.Context) ([]store.Record, error) { return f.next(ctx, false) }

// ErrPaused says that nothing more comes before the client has given the results of tools.
var ErrPaused = errors.New("the turn is suspended")

// NextUntilPaused is Next for those who wait no longer than until the turn is suspended: it then returns ErrPaused, when all that
// came before was read. A service that was restarted meanwhile does not tell.
func (f *Follower) NextUntilPaused(ctx context.Context) ([]store.Record, error) {
	return f.next(ctx, true)
}

func (f *Follower) next(ctx context.Context, pauses bool) ([]store.Record, error) {
	for {
		v := f.live.feed.after(f.cursor)
		switch {
		case f.ahead != nil:
			ahead := f.ahead
			f.ahead = nil
			return ahead, nil
		case len(v.records) > 0:
			return f.take(v.records), nil
		case v.closed:
			return nil, io.EOF
		case v.behind:
			return f.page(ctx)
		case v.final:
			return nil, io.EOF
		case pauses && v.paused:
			return nil, ErrPaused
		}
		select {
		case <-v.wake:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

func (f *Follower) page(ctx context.Context) ([]store.Record, error) {
	records, err := f.live.pages.read(ctx, f.cursor, f.raw)
	if f.live.feed.after(f.cursor).closed {
		return nil, io.EOF // deleted meanwhile: the id may be another session's
	}
	if err != nil {
		return nil, readFault(f.live.id, err)
	}
	if len(records) == 0 {
		return nil, unreadable(f.live.id, errors.New("events are missing at the end"))
	}
	return f.take(records), nil
}

func (f *Follower) take(records []store.Record) []store.Record {
	f.cursor = records[len(records)-1].Sequence
	return records
}

// Seek moves the place in the log after which Next goes on.
func (f *Follower) Seek(after uint64) { f.cursor, f.ahead = after, nil }

// Ready tells whether Next would return at once; a writer flushes when it would not.
func (f *Follower) Ready() bool {
	v := f.live.feed.after(f.cursor)
	return f.ahead != nil || len(v.records) > 0 || v.behind || v.final || v.closed
}

// Ended tells whether the session was terminated, and the sequence of its last event.
func (f *Follower) Ended() (bool, uint64) {
	v := f.live.feed.after(f.cursor)
	return v.final, v.head
}

// Calling tells whether the agent is about to call more tools of the client: it leaves its turn when it has called all, and has
// not left. Of that no event tells. When Calling says no, all calls that were made are there to be read.
func (f *Follower) Calling(ctx context.Context) bool {
	calling, err := f.sessions.do(ctx, f.live.id, callingCommand{})
	return err == nil && calling.(bool)
}

// Close ends the following.
func (f *Follower) Close() { f.close() }
