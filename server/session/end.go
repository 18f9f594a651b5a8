package session

import (
	"context"
	"errors"
	"slices"

	"github.com/parleyhq/parley/openapi"
	"github.com/parleyhq/parley/server/store"
)

// Interrupt asks the running turn to stop; messages that wait run on. It returns when that is under way, and does nothing
// when no turn runs.
func (s *Service) Interrupt(ctx context.Context, id string) error {
	_, err := s.do(ctx, id, interruptCommand{})
	return err
}

// Terminate ends a session for good: the turn, the agent's process, the messages that wait. It returns when session.ended
// is durable, and does nothing to a session that has ended.
func (s *Service) Terminate(ctx context.Context, id string) error {
	_, err := s.do(ctx, id, terminateCommand{})
	return err
}

// Delete ends a session, erases its log and frees its id. Followers come to their end.
func (s *Service) Delete(ctx context.Context, id string) error {
	err := s.Terminate(ctx, id)
	switch {
	case errors.Is(err, store.ErrCorrupt):
		return readFault(id, s.cfg.Store.Delete(ctx, id)) // it cannot have an owner
	case err != nil:
		return err
	}
	_, err = s.do(ctx, id, deleteCommand{})
	return err
}

type interruptCommand struct{}

func (interruptCommand) apply(o *owner) (any, error) {
	if err := o.open(); err != nil {
		return nil, err
	}
	if o.suspended() {
		return nil, o.abandonAndGoOn()
	}
	o.interrupt()
	return nil, nil
}

// interrupt asks the running turn to stop. An agent that does not is closed after a while.
func (o *owner) interrupt() {
	if o.turn == nil || o.turn.interrupted {
		return
	}
	o.turn.interrupted = true
	o.turn.cancel()
	o.force.Reset(2 * o.service.cfg.Grace)
}

type terminateCommand struct{}

func (terminateCommand) apply(o *owner) (any, error) {
	if o.w.state.Ended {
		return nil, nil
	}
	if len(o.ends) == 0 {
		o.interrupt()
		go o.seat.close(o.service.cfg.Grace) // the turn ends with its agent; end waits for both
	}
	if o.turn != nil {
		return nil, errLater
	}
	return nil, o.end()
}

// end appends the session's last event. Nothing runs any more.
func (o *owner) end() error {
	o.seat.close(o.service.cfg.Grace)
	if o.w.state.Turn != nil {
		o.abandon()
	}
	for _, q := range slices.Clone(o.w.state.Queue) {
		o.drop(q, openapi.MessageDropReasonTerminated)
	}
	o.emit(openapi.SessionEndedData{
		Reason:       openapi.SessionEndReasonTerminated,
		TerminatedBy: openapi.EventSourceDaemon,
	})
	err := o.commit(nil)
	for _, a := range o.ends {
		a <- result{err: err} // what commit says of a failure is fit for callers
	}
	o.ends = nil
	if err == nil {
		o.service.ended()
	}
	return err
}

// drop appends that a waiting message will not be run.
func (o *owner) drop(q waiting, why openapi.MessageDropReason) {
	m, err := o.queued(q)
	if err != nil {
		o.log.Error("waiting message unreadable", "turn", q.TurnID, "error", err)
	}
	o.w.append(openapi.MessageDroppedData{Message: m.Message, Reason: why}, byServer, q.TurnID, nil)
}

type deleteCommand struct{}

func (deleteCommand) apply(o *owner) (any, error) {
	if !o.w.state.Ended {
		return nil, invalid("session runs")
	}
	o.deleted = true
	o.live.feed.close() // before the id is free: nobody must read on in another session
	err := o.w.store.Delete(context.Background(), o.w.id)
	o.service.forget(o.live)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return nil, unwritable(o.w.id, err)
	}
	return nil, nil
}
