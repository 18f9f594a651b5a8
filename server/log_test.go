package server

import (
	"context"
	"fmt"
	"io"
	"iter"
	"log/slog"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tmaxmax/go-sse"
)

// records keeps what was logged, and lets a test wait for it.
type records struct {
	mu   sync.Mutex
	all  []string
	more chan struct{} // closed when something was added
}

func (l *records) Enabled(context.Context, slog.Level) bool { return true }
func (l *records) WithAttrs([]slog.Attr) slog.Handler       { return l }
func (l *records) WithGroup(string) slog.Handler            { return l }

func (l *records) Handle(_ context.Context, r slog.Record) error {
	line := fmt.Sprintf("%s %s", r.Level, r.Message)
	r.Attrs(func(a slog.Attr) bool {
		line += fmt.Sprintf(" %s=%v", a.Key, a.Value)
		return true
	})
	l.mu.Lock()
	defer l.mu.Unlock()
	l.all = append(l.all, line)
	if l.more != nil {
		close(l.more)
		l.more = nil
	}
	return nil
}

// having lists the records that contain all parts.
func (l *records) having(parts ...string) (found []string, more <-chan struct{}) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, line := range l.all {
		all := true
		for _, part := range parts {
			all = all && strings.Contains(line, part)
		}
		if all {
			found = append(found, line)
		}
	}
	if l.more == nil {
		l.more = make(chan struct{})
	}
	return found, l.more
}

// wait blocks until there is a record with all parts.
func (l *records) wait(t testing.TB, parts ...string) string {
	t.Helper()
	deadline := time.After(patience)
	for {
		found, more := l.having(parts...)
		if len(found) > 0 {
			return found[0]
		}
		select {
		case <-more:
		case <-deadline:
			t.Fatalf("nothing was logged with %q", parts)
		}
	}
}

func decimal(n uint64) string { return strconv.FormatUint(n, 10) }

func pull(body io.Reader) (func() (sse.Event, error, bool), func()) {
	return iter.Pull2(sse.Read(body, &sse.ReadConfig{MaxEventSize: 32 << 20}))
}
