package session

import (
	"context"
	"strings"
	"testing"

	"github.com/parleyhq/parley/adapters"
	"github.com/parleyhq/parley/openapi"
)

// clumsy is an adapter whose installation panics.
type clumsy struct{ puppet }

func (*clumsy) Install(context.Context, adapters.InstallRequest) (openapi.AgentInfo, error) {
	panic("dropped")
}

// An installation that panics fails by itself: it runs where nobody else would catch that.
func TestInstallThatPanics(t *testing.T) {
	w := newWorld(t)
	w.stopNow(w.Service)
	s, err := New(Config{Store: w.store, Adapters: []adapters.Adapter{&clumsy{}}})
	if err != nil {
		t.Fatal(err)
	}
	defer w.stopNow(s)
	if err := s.Install(t.Context(), "puppet", openapi.InstallAgentRequest{}); err == nil || !strings.Contains(err.Error(), "dropped") {
		t.Errorf("got %v", err)
	}
}
