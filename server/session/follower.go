package session

import (
	"context"

	"github.com/parleyhq/parley/server/store"
)

// Follower reads a session's log at its own pace, from the past into the future. It is used by one goroutine.
type Follower struct{}

// Next blocks until there is something after what was read last, and returns it in order. The records must not be changed.
// io.EOF says that nothing will follow: the session was terminated or deleted, or the service is closing.
func (f *Follower) Next(ctx context.Context) ([]store.Record, error) { panic("soon") }

// Ready tells whether Next would return at once; a writer flushes when it would not.
func (f *Follower) Ready() bool { panic("soon") }

// Ended tells whether the session was terminated, and the sequence of its last event.
func (f *Follower) Ended() (bool, uint64) { panic("soon") }

// Close ends the following.
func (f *Follower) Close() {}
