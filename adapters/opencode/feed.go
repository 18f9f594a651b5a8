package opencode

import (
	"bufio"
	"context"
	"errors"
	"net/http"
	"sync"
	"time"
)

// feed is the program's stream of events about one directory. The turns that run there share it, each gets the events of
// its own session and of the subagents' sessions.
type feed struct {
	client    *client
	directory string

	cancel context.CancelFunc
	done   chan struct{}
	ready  chan struct{} // closed when the program has said that it is connected, or will not be
	once   sync.Once
	err    error // readable after ready

	mu     sync.Mutex
	queues map[string]*queue // by session; a session's subagents have entries of their own
	cut    chan struct{}     // closed while there is no connection
}

func newFeed(c *client, directory string) *feed {
	ctx, cancel := context.WithCancel(context.Background())
	f := &feed{
		client: c, directory: directory, cancel: cancel, done: make(chan struct{}), ready: make(chan struct{}), queues: map[string]*queue{},
		cut: make(chan struct{}),
	}
	close(f.cut)
	go f.run(ctx)
	return f
}

// wait blocks until the program sends events. The error is ctx's, or why it will not.
func (f *feed) wait(ctx context.Context) error {
	select {
	case <-f.ready:
		return f.err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// awaitCut blocks until all that a server that has ended did say is in the queues, or ctx ends.
func (f *feed) awaitCut(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, lastPause)
	defer cancel()
	f.mu.Lock()
	cut := f.cut
	f.mu.Unlock()
	select {
	case <-cut:
	case <-ctx.Done():
	}
}

func (f *feed) close() {
	f.cancel()
	<-f.done
}

// subscribe gives a queue the events of a session, and of the sessions that come to work for it.
func (f *feed) subscribe(session string, q *queue) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.queues[session] = q
}

func (f *feed) unsubscribe(q *queue) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for session, other := range f.queues {
		if other == q {
			delete(f.queues, session)
		}
	}
}

// The pauses between attempts to connect again.
const (
	firstPause = 20 * time.Millisecond
	lastPause  = 2 * time.Second
)

// run reads the stream, and connects again when it is cut, until close.
func (f *feed) run(ctx context.Context) {
	defer close(f.done)
	defer f.settle(context.Canceled)
	for pause := firstPause; ctx.Err() == nil; pause = min(2*pause, lastPause) {
		err := f.read(ctx, func() { pause = firstPause })
		if refused := (*apiError)(nil); errors.As(err, &refused) {
			f.settle(err) // only the first time: who waits is told
		}
		select {
		case <-time.After(pause):
		case <-ctx.Done():
		}
	}
}

// settle says, once, that the stream is there, or why it is not.
func (f *feed) settle(err error) {
	f.once.Do(func() {
		f.err = err
		close(f.ready)
	})
}

// read reads one connection to its end.
func (f *feed) read(ctx context.Context, connected func()) error {
	resp, err := f.client.send(ctx, http.MethodGet, "/event", f.directory, nil)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	cut := make(chan struct{})
	defer close(cut)
	f.mu.Lock()
	f.cut = cut
	f.mu.Unlock()
	lines := bufio.NewReaderSize(resp.Body, 64<<10)
	for {
		data, err := readData(lines, maxEvent)
		if err != nil {
			return err
		}
		e, err := parse(data)
		switch {
		case err != nil:
			f.toAll(entry{raw: data, err: err})
		case e.Type == "server.connected":
			f.connected()
			connected()
		default:
			f.deliver(e, data)
		}
	}
}

// connected tells the turns that run that they may have missed something, and those that wait that they can begin.
func (f *feed) connected() {
	f.toAll(entry{gap: true})
	f.settle(nil)
}

func (f *feed) toAll(e entry) {
	f.mu.Lock()
	defer f.mu.Unlock()
	told := map[*queue]bool{}
	for _, q := range f.queues {
		if !told[q] {
			told[q] = true
			q.put(e)
		}
	}
}

func (f *feed) deliver(e *event, raw []byte) {
	f.mu.Lock()
	defer f.mu.Unlock()
	session := e.Properties.SessionID
	q := f.queues[session]
	if q == nil && e.Type == "session.created" && e.Properties.Info != nil && session != "" {
		if q = f.queues[e.Properties.Info.ParentID]; q != nil {
			f.queues[session] = q
		}
	}
	if q != nil {
		q.put(entry{event: e, raw: raw})
	}
}
