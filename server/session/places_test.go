package session

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/parleyhq/parley/adapters"
)

// lodger is an agent that counts those that live.
type lodger struct{ closed chan struct{} }

func (*lodger) Turn(context.Context, adapters.Input, adapters.Host) (adapters.Outcome, error) {
	return adapters.Outcome{}, nil
}

func (l *lodger) Close(context.Context) error {
	close(l.closed)
	return nil
}

func move(ctx context.Context, s *seat) (*lodger, error) {
	a, err := s.open(ctx, func(context.Context) (adapters.Agent, error) { return &lodger{make(chan struct{})}, nil })
	if err != nil {
		return nil, err
	}
	return a.(*lodger), nil
}

func TestPlaces(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPlaces(Config{Agents: 2, Grace: time.Second, Now: time.Now})
		first, second, third := newSeat(p), newSeat(p), newSeat(p)
		a, err := move(t.Context(), first)
		if err != nil {
			t.Fatal(err)
		}
		first.rest()
		time.Sleep(time.Second)
		b, _ := move(t.Context(), second)
		if p.full(third) {
			t.Error("the first is idle: there is a place")
		}
		if _, err := move(t.Context(), third); err != nil {
			t.Fatal(err)
		}
		select {
		case <-a.closed:
		default:
			t.Error("the idle agent was not closed")
		}
		if first.taken() || !p.full(first) || p.full(second) {
			t.Error("two agents play turns")
		}

		got := make(chan *lodger, 1)
		go func() {
			l, _ := move(t.Context(), first)
			got <- l
		}()
		synctest.Wait()
		if len(got) != 0 {
			t.Fatal("a third agent lives")
		}
		second.rest() // idle now, and closed for the first
		if l := <-got; l == nil {
			t.Error("the first got no place")
		}
		<-b.closed
	})
}

func TestPlacesAreGivenUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPlaces(Config{Agents: 1, Grace: time.Second, Now: time.Now})
		s, other := newSeat(p), newSeat(p)
		broken := errors.New("broken")
		if _, err := s.open(t.Context(), func(context.Context) (adapters.Agent, error) { return nil, broken }); !errors.Is(err, broken) {
			t.Errorf("got %v", err)
		}
		if _, err := move(t.Context(), other); err != nil {
			t.Fatal("an agent that did not open holds a place")
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := move(ctx, s); !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
		other.close(time.Second)
		if _, err := move(t.Context(), s); err != nil {
			t.Error(err)
		}
	})
}

// A session whose idle agent is just being closed for another one waits until that is done, and then for a place of its own.
func TestPlaceOfOneThatComesBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPlaces(Config{Agents: 1, Grace: time.Second, Now: time.Now})
		s, other := newSeat(p), newSeat(p)
		if _, err := move(t.Context(), s); err != nil {
			t.Fatal(err)
		}
		s.rest()
		if idle, _ := p.try(other); idle != s {
			t.Fatal("the idle one is not the one to go")
		}
		back := make(chan error, 1)
		go func() {
			_, err := move(t.Context(), s)
			back <- err
		}()
		synctest.Wait()
		if len(back) != 0 {
			t.Fatal("it got an agent that is about to be closed")
		}
		s.close(time.Second)
		if err := <-back; err != nil || !s.taken() {
			t.Errorf("got %v", err)
		}
	})
}

// An adapter that panics holds no place.
func TestPlaceOfOneThatPanics(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPlaces(Config{Agents: 1, Grace: time.Second, Now: time.Now})
		s, other := newSeat(p), newSeat(p)
		func() {
			defer func() { _ = recover() }()
			_, _ = s.open(t.Context(), func(context.Context) (adapters.Agent, error) { panic("broken") })
		}()
		s.close(time.Second)
		s.rest()
		if _, err := move(t.Context(), other); err != nil {
			t.Error(err)
		}
	})
}
