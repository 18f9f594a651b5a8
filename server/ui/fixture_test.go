package ui_test

import (
	"context"
	"log/slog"
	"net"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/parleyhq/parley/adapters"
	"github.com/parleyhq/parley/adapters/mock"
	"github.com/parleyhq/parley/server"
	"github.com/parleyhq/parley/server/session"
	"github.com/parleyhq/parley/server/store/storetest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// patience is how long a test waits for what must come.
const patience = 30 * time.Second

// serve starts a server with the mock agent and the player, and returns its URL. It ends with the test.
func serve(t *testing.T, token string) string {
	t.Helper()
	log := slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelWarn}))
	sessions, err := session.New(session.Config{
		Store: storetest.NewMemory(), Adapters: []adapters.Adapter{mock.New(0), player{}}, Log: log,
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := sessions.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	s, err := server.New(server.Config{Sessions: sessions, Token: token, Log: log, Grace: time.Second})
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	over := make(chan error, 1)
	go func() { over <- s.Serve(ctx, l) }()
	t.Cleanup(func() {
		cancel()
		if err := <-over; err != nil {
			t.Errorf("Serve: %v", err)
		}
		closing, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		if err := sessions.Close(closing); err != nil {
			t.Errorf("Close: %v", err)
		}
	})
	return "http://" + l.Addr().String()
}
