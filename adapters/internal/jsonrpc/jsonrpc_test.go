package jsonrpc

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"os"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/parleyhq/parley/adapters/internal/proc"
)

func connect(t *testing.T, version bool) *Conn {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	p, err := proc.Start(t.Context(), proc.Spec{Path: self, Env: append(os.Environ(), peerVariable+"=1")})
	if err != nil {
		t.Fatal(err)
	}
	c := Connect(p, Config{Version: version, Grace: time.Second, Log: slog.New(slog.DiscardHandler)})
	t.Cleanup(func() {
		if err := c.Stop(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return c
}

func TestCall(t *testing.T) {
	c := connect(t, true)
	if c.Heard() {
		t.Error("heard something before it spoke")
	}
	var got struct{ A int }
	if err := c.Call(t.Context(), "echo", map[string]int{"a": 7}, &got); err != nil || got.A != 7 {
		t.Errorf("got %+v, %v", got, err)
	}
	var refused *Error
	if err := c.Call(t.Context(), "refuse", nil, nil); !errors.As(err, &refused) || refused.Code != -32600 || refused.Message != "no" {
		t.Errorf("got %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := c.Call(ctx, "silent", nil, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if !c.Heard() || !c.Alive() {
		t.Error("the peer is there")
	}
}

// A Call is answered however much comes before the answer, and nothing of that is lost.
func TestCallBehindAFlood(t *testing.T) {
	c := connect(t, false)
	if err := c.Call(t.Context(), "many", nil, nil); err != nil {
		t.Fatal(err)
	}
	for i := range 1000 {
		var n int
		m := <-c.In()
		if m.Method != "n" || json.Unmarshal(m.Params, &n) != nil || n != i {
			t.Fatalf("message %d: %s", i, m.Raw)
		}
	}
}

// The answer to a Start comes in its place.
func TestStart(t *testing.T) {
	c := connect(t, false)
	number := c.Start("many", nil)
	for range 1000 {
		if m := <-c.In(); m.Method != "n" {
			t.Fatalf("got %s", m.Raw)
		}
	}
	if m := <-c.In(); m.Start != number || m.Result == nil {
		t.Errorf("got %+v", m)
	}
	number = c.Start("refuse", nil)
	if m := <-c.In(); m.Start != number || m.Error == nil {
		t.Errorf("got %+v", m)
	}
}

func TestRequestOfThePeer(t *testing.T) {
	for _, version := range []bool{false, true} {
		c := connect(t, version)
		c.Notify("ask", struct{}{})
		m := <-c.In()
		if !m.IsRequest() || string(m.ID) != "0" || m.Method != "may I" {
			t.Fatalf("got %s", m.Raw)
		}
		c.Reply(m.ID, nil)
		heard := string((<-c.In()).Params)
		if !strings.Contains(heard, `"id":0`) || !strings.Contains(heard, `"result":null`) || strings.Contains(heard, `"jsonrpc":"2.0"`) != version {
			t.Errorf("the peer heard %s", heard)
		}
		c.Refuse(m.ID, CodeMethodNotFound, "no such method")
		if heard := string((<-c.In()).Params); !strings.Contains(heard, `"error":{"code":-32601,"message":"no such method"}`) {
			t.Errorf("the peer heard %s", heard)
		}
	}
}

func TestGarbage(t *testing.T) {
	c := connect(t, false)
	c.Notify("garbage", nil)
	for _, want := range []string{"no json", `{"id":9`, `{}`, `{"id":"x","result":1}`} {
		if m := <-c.In(); m.Err == nil || string(m.Raw) != want {
			t.Errorf("got %s, %v; want %s", m.Raw, m.Err, want)
		}
	}
	if m := <-c.In(); m.Method != "n" || m.IsRequest() || m.Err != nil {
		t.Errorf("got %s, %v", m.Raw, m.Err)
	}
}

func TestPeerThatEnds(t *testing.T) {
	c := connect(t, false)
	if err := c.Call(t.Context(), "exit", "my reasons", nil); !errors.Is(err, ErrClosed) {
		t.Errorf("got %v", err)
	}
	if m, ok := <-c.In(); ok {
		t.Errorf("got %s", m.Raw)
	}
	<-c.Process.Done()
	if c.Alive() {
		t.Error("it is gone")
	}
	if err := c.Call(t.Context(), "echo", 1, nil); !errors.Is(err, ErrClosed) {
		t.Errorf("got %v", err)
	}
}

// Stop ends a peer that nobody listens to and that does not listen.
func TestStopOfAFullPeer(t *testing.T) {
	c := connect(t, false)
	for range 3 {
		c.Start("many", nil)
	}
	c.Notify("sleep", nil)
	for range 200 {
		c.Notify("echo", strings.Repeat("x", 4096))
	}
	if err := c.Stop(context.Background()); err != nil {
		t.Error(err)
	}
	if err := c.Call(t.Context(), "echo", 1, nil); !errors.Is(err, ErrClosed) {
		t.Errorf("got %v", err)
	}
}

// stuff fills the input of a peer that does not read: what is sent now waits.
func stuff(t *testing.T, c *Conn) {
	t.Helper()
	t.Cleanup(func() { _ = c.Stop(context.Background()) })
	var sent atomic.Int32
	go func() {
		for range 2 * writeAhead {
			c.Notify("silent", strings.Repeat("x", 128<<10)) // more than a pipe holds
			sent.Add(1)
		}
	}()
	for sent.Load() <= writeAhead {
		runtime.Gosched()
	}
}

// A Call whose caller leaves returns, also while the peer does not listen.
func TestCallOfAPeerThatDoesNotListen(t *testing.T) {
	c := connect(t, false)
	c.Notify("sleep", nil)
	stuff(t, c)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := c.Call(ctx, "echo", 1, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

// A Call gets through to a peer that does not listen because nobody listens to it.
func TestCallOfAPeerThatSpeaks(t *testing.T) {
	c := connect(t, false)
	for range 10 {
		c.Notify("many", nil)
	}
	stuff(t, c)
	if err := c.Call(t.Context(), "echo", 1, nil); err != nil {
		t.Error(err)
	}
}
