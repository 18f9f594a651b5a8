package session

import (
	"context"
	"encoding/json"
	"iter"
	"time"

	"github.com/parleyhq/parley/openapi"
	"github.com/parleyhq/parley/server/store"
)

// The codes of the error that closes a turn which was cut: by the end of the server, or by a log that could not be written.
const (
	codeRestarted = "server_restarted"
	codeUnwritten = "log_unwritable"
)

// recover closes a turn that was cut when a former owner went, and goes on with what waits.
func (o *owner) recover() error {
	switch turn := o.w.state.Turn; {
	case turn == nil:
	case o.w.state.suspended():
		if err := o.rouse(); err != nil {
			return err
		}
	case turn.Answered:
		if err := o.resume(nil); err != nil {
			return err
		}
	default:
		code, why := codeRestarted, "the server was restarted while the turn ran"
		if err := o.service.failure(o.w.id); err != nil {
			code, why = codeUnwritten, "the turn was cut, its events could not be written: "+err.Error()
		}
		if err := o.cut(code, why); err != nil {
			return err
		}
	}
	o.service.recovered(o.w.id)
	return o.next()
}

// cut closes the turn as failed: open requests first, then why, then the end.
func (o *owner) cut(code, why string) error {
	o.failCalls(code)
	o.closeRequests()
	o.emit(errorData(code, why, nil))
	o.endTurn(openapi.TurnStatusFailed, "")
	return o.commit(nil)
}

// shutdown ends the turn because the service ends. What the agent still has to say is written; an agent that does not come
// to its end in time leaves the turn to the next start's recovery.
func (o *owner) shutdown() {
	t := o.turn
	if t == nil {
		return
	}
	t.cancel()
	go o.seat.close(o.service.cfg.Grace)
	deadline := time.After(2 * o.service.cfg.Grace)
	for {
		select {
		case <-t.ready:
			if o.wind(t) {
				return
			}
		case <-deadline:
			return
		}
	}
}

// wind appends what the agent says while the service ends, and tells whether the turn is over.
func (o *owner) wind(t *turn) bool {
	for _, e := range t.drain(nil) {
		switch {
		case o.err != nil:
			return true // leave releases who waits
		case e.output != nil:
			t.items.write(e.output)
		case e.ask != nil:
			e.ask.appended <- errClosing
		case e.withdraw != nil && e.withdraw.tool == nil: // who calls a tool leaves because of the stop, which cut tells
			o.withdraw(e.withdraw)
		case e.end != nil:
			if out := e.end.outcome; e.end.err == nil && (out.Suspended || out.Status == openapi.TurnStatusCompleted) {
				o.finish(e.end)
				return true
			}
			<-t.done
			t.fail(errClosing) // whoever still waits for it waits for nothing
			o.check(o.cut(codeRestarted, "the server was stopped while the turn ran"))
			o.turn = nil
			return true
		}
	}
	return o.commit(nil) != nil
}

// history reads a session's events for an agent that cannot resume by itself.
func (s *Service) history(id string) func(context.Context) iter.Seq2[openapi.Event, error] {
	return s.historyAfter(id, 0)
}

// Log reads all of a session's events, in order.
func (s *Service) Log(ctx context.Context, id string) iter.Seq2[openapi.Event, error] {
	return s.history(id)(ctx)
}

// historyAfter reads the events after a sequence.
func (s *Service) historyAfter(id string, after uint64) func(context.Context) iter.Seq2[openapi.Event, error] {
	return func(ctx context.Context) iter.Seq2[openapi.Event, error] {
		return func(yield func(openapi.Event, error) bool) {
			for after := after; ; {
				records, err := s.cfg.Store.Read(ctx, id, after, store.Page{Limit: pageRecords, Bytes: pageBytes})
				if err != nil {
					yield(openapi.Event{}, err)
					return
				}
				if len(records) == 0 {
					return
				}
				after = records[len(records)-1].Sequence
				if !yieldEvents(records, yield) {
					return
				}
			}
		}
	}
}

func yieldEvents(records []store.Record, yield func(openapi.Event, error) bool) bool {
	for _, r := range records {
		var e openapi.Event
		err := json.Unmarshal(r.JSON, &e)
		if !yield(e, err) || err != nil {
			return false
		}
	}
	return true
}
