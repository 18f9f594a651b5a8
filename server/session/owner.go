package session

import (
	"context"
	"encoding/json"
	"log/slog"
	"time"

	"github.com/parleyhq/parley/adapters"
	"github.com/parleyhq/parley/openapi"
	"github.com/parleyhq/parley/server/store"
)

// linger is how long an owner without an agent stays for the next command.
const linger = 2 * time.Second

// owner is the one goroutine that decides on a session and writes its log. It lives while the session is in use and is
// rebuilt from the store at the next command.
type owner struct {
	service *Service
	live    *live
	log     *slog.Logger
	data    data
	adapter adapters.Adapter // nil when the server does not know the agent any more
	w       writer

	commands chan envelope
	gone     chan struct{} // closed when the owner takes no command any more
	over     chan struct{} // closed when nothing of the owner runs any more
	stop     context.Context
	quit     context.CancelFunc // ends stop

	seat    *seat
	turn    *turn    // the running turn
	spare   []entry  // for turn.drain
	ends    []answer // who waits for the termination
	deleted bool
	err     error       // why the owner must go
	born    bool        // recovery is done; read by others after gone
	resting bool        // nothing has happened for a while
	force   *time.Timer // runs while a turn was asked to stop
}

// newOwner rebuilds the owner of a stored session.
func (s *Service) newOwner(l *live, row store.Session) (*owner, error) {
	o := &owner{
		service:  s,
		live:     l,
		log:      s.log.With("session", l.id),
		commands: make(chan envelope),
		gone:     make(chan struct{}),
		over:     make(chan struct{}),
		seat:     newSeat(s.places),
	}
	if err := json.Unmarshal(row.Data, &o.data); err != nil {
		return nil, unreadable(row.ID, err)
	}
	st, err := loadState(row.State)
	if err != nil {
		return nil, unreadable(row.ID, err)
	}
	o.adapter = s.find(o.data.Agent)
	o.w = writer{
		store:  s.cfg.Store,
		feed:   l.feed,
		now:    s.cfg.Now,
		id:     row.ID,
		prefix: eventPrefix(row.Key),
		epoch:  row.Epoch,
		last:   row.Last,
		state:  st,
	}
	l.feed.advance(row.Last, st.Ended)
	o.stop, o.quit = context.WithCancel(s.stop)
	o.seat.left = func() { s.tools.take(o) }
	o.force = time.NewTimer(time.Hour)
	o.force.Stop()
	return o, nil
}

// run is the owner's life. Its first act is recovery.
func (o *owner) run() {
	defer o.leave()
	o.check(o.recover())
	o.born = o.err == nil
	idle := time.NewTimer(o.patience())
	defer idle.Stop()
	for o.err == nil && !o.deleted {
		select {
		case c := <-o.commands:
			o.serve(c)
		case <-o.ready():
			o.drain()
		case <-o.force.C:
			go o.seat.close(o.service.cfg.Grace) // its last words still come through here
		case <-idle.C:
			if o.turn == nil && o.rest() {
				return
			}
			idle.Reset(o.patience())
			continue
		case <-o.stop.Done():
			o.shutdown()
			return
		}
		o.resting = false
		idle.Reset(o.patience())
	}
}

// rest gives back what an idle session does not need, and tells whether the owner itself is among it.
func (o *owner) rest() (leave bool) {
	if o.resting || !o.seat.taken() {
		return true
	}
	o.resting = true
	o.live.feed.rest()
	return false
}

// ready is the running turn's signal; without a turn it never comes.
func (o *owner) ready() <-chan struct{} {
	if o.turn == nil {
		return nil
	}
	return o.turn.ready
}

// patience is how long the owner waits for something to do.
func (o *owner) patience() time.Duration {
	if o.seat.taken() && (o.resting || o.service.cfg.Idle < linger) {
		return o.service.cfg.Idle
	}
	return linger
}

// check notes a failed commit: the owner is ahead of its log and must be rebuilt from it.
func (o *owner) check(err error) {
	if err != nil && o.err == nil {
		o.err = err
		o.log.Error("session stopped: its log cannot be written", "error", err)
	}
}

// leave ends the owner: nothing of it runs on. A session that is left unfinished is taken up again later.
func (o *owner) leave() {
	close(o.gone)
	o.quit()
	if o.turn != nil {
		o.turn.fail(o.reason())
		o.seat.close(o.service.cfg.Grace)
		<-o.turn.done
	}
	o.seat.close(o.service.cfg.Grace)
	for _, a := range o.ends {
		a <- result{err: unwritable(o.w.id, o.reason())}
	}
	o.service.left(o)
}

func (o *owner) reason() error {
	if o.err != nil {
		return o.err
	}
	return errClosing
}

// emit appends an event of the server's own.
func (o *owner) emit(data openapi.EventData) { o.w.append(data, byServer, o.turnID(), nil) }

func (o *owner) turnID() string {
	if o.w.state.Turn == nil {
		return ""
	}
	return o.w.state.Turn.ID
}

// commit makes durable what was appended. The owner's commits outlive their callers.
func (o *owner) commit(receipt *store.Receipt) error {
	err := o.w.commit(context.Background(), receipt)
	o.check(err)
	return unwritable(o.w.id, err)
}
