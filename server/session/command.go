package session

import (
	"context"
	"errors"
)

// command is what a caller wants of a session. It is plain data; the owner decides on its current state.
type command interface {
	// apply decides and appends. It runs in the owner's goroutine and blocks on nothing but commits. errLater says that the
	// caller is answered when the session has ended.
	apply(o *owner) (any, error)
}

var errLater = errors.New("answered when the session has ended")

// envelope is a command on its way to the owner.
type envelope struct {
	command command
	answer  answer
}

type answer chan result

type result struct {
	value any
	err   error
}

// serve runs one command and answers its caller.
func (o *owner) serve(e envelope) {
	value, err := e.command.apply(o)
	if errors.Is(err, errLater) {
		o.ends = append(o.ends, e.answer)
		return
	}
	e.answer <- result{value, err}
}

// errStale says that the session was deleted meanwhile; another one may have its id.
var errStale = errors.New("session was deleted")

// do brings a command to a session's owner and returns the owner's answer. It is the only door to owners: on many machines
// it would find the node first.
func (s *Service) do(ctx context.Context, id string, c command) (any, error) {
	e := envelope{c, make(answer, 1)}
	for {
		l, err := s.acquire(ctx, id)
		if err != nil {
			return nil, err
		}
		taken, err := s.hand(ctx, l, e)
		s.release(l)
		if taken {
			return await(ctx, e.answer)
		}
		if err != nil && !errors.Is(err, errStale) {
			return nil, err
		}
	}
}

// hand gives a command to the session's owner, unless that one is just leaving.
func (s *Service) hand(ctx context.Context, l *live, e envelope) (taken bool, err error) {
	o, err := s.owner(ctx, l)
	if err != nil {
		return false, err
	}
	select {
	case o.commands <- e:
		return true, nil
	case <-o.gone:
		if !o.born {
			return false, unwritable(l.id, o.err) // another owner would fare no better
		}
		return false, nil
	case <-ctx.Done():
		return false, ctx.Err()
	}
}

// await waits for the owner's answer. A caller that leaves does not take its command back.
func await(ctx context.Context, a answer) (any, error) {
	select {
	case r := <-a:
		return r.value, r.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func wait(ctx context.Context, c <-chan struct{}) error {
	select {
	case <-c:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// owner returns the session's owner, and starts one where there is none.
func (s *Service) owner(ctx context.Context, l *live) (*owner, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.owner != nil {
		select {
		case <-l.owner.gone:
			if err := wait(ctx, l.owner.over); err != nil { // its agent must be gone before another one is opened
				return nil, err
			}
		default:
			return l.owner, nil
		}
	}
	row, err := s.row(ctx, l.id)
	if err != nil {
		return nil, err
	}
	o, err := s.newOwner(l, row)
	if err != nil {
		return nil, err
	}
	if err := s.keep(l); err != nil {
		return nil, err
	}
	l.owner = o
	go o.run()
	return o, nil
}

// keep marks the owner as a user of its session.
func (s *Service) keep(l *live) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.closing:
		return errClosing
	case s.live[l.id] != l:
		return errStale
	}
	l.users++
	s.owners.Add(1) // while Close cannot have begun to wait
	return nil
}

// left takes up again, after a while, a session whose owner had to go before its work was done.
func (s *Service) left(o *owner) {
	if o.err != nil {
		s.mu.Lock()
		s.failed[o.live.id] = o.err
		s.mu.Unlock()
	}
	close(o.over)
	if o.err != nil && passing(o.err) {
		s.retry(o.live.id)
	}
	s.release(o.live)
	s.owners.Done()
}
