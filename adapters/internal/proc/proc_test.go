package proc

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"
)

func TestSendAndReadLine(t *testing.T) {
	p := start(t, as("echo"))
	if err := p.Send(map[string]string{"text": "a <b>\nc"}); err != nil {
		t.Fatal(err)
	}
	line, err := p.ReadLine()
	if err != nil || string(line) != `{"text":"a <b>\nc"}` {
		t.Fatalf("got %q, %v", line, err)
	}
	p.CloseInput()
	if exit := wait(t, p); exit.Err() != nil {
		t.Fatal(exit.Err())
	}
	if _, err := p.ReadLine(); err != io.EOF {
		t.Fatalf("after the end: %v", err)
	}
	if err := p.Send("x"); !errors.Is(err, ErrInputClosed) {
		t.Fatalf("send after the end: %v", err)
	}
}

func TestSendFromManyGoroutines(t *testing.T) {
	const senders, each = 8, 100
	p := start(t, as("echo"))
	var all sync.WaitGroup
	for s := range senders {
		all.Go(func() {
			for i := range each {
				if err := p.Send(map[string]any{"s": s, "i": i, "pad": strings.Repeat("z", 100*i)}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	next := make([]int, senders)
	for range senders * each {
		line, err := p.ReadLine()
		var got struct{ S, I int }
		if err == nil {
			err = json.Unmarshal(line, &got)
		}
		if err != nil || got.I != next[got.S] {
			t.Fatalf("line %.80q: %v", line, err)
		}
		next[got.S]++
	}
	all.Wait()
}

func TestBlockedSendIsFreedByStop(t *testing.T) {
	p := start(t, as("deaf"))
	blocked := make(chan error)
	go func() {
		for {
			if err := p.Send(strings.Repeat("x", 1<<20)); err != nil {
				blocked <- err
				return
			}
		}
	}()
	if _, err := p.ReadLine(); err != nil {
		t.Fatal(err)
	}
	if err := p.Stop(t.Context(), 0); err != nil {
		t.Fatal(err)
	}
	if err := <-blocked; !errors.Is(err, ErrInputClosed) {
		t.Fatal(err)
	}
}

func TestExit(t *testing.T) {
	for _, c := range []struct {
		script, signal, text string
		code                 int
	}{
		{script: "exit 0"},
		{script: "echo first >&2; echo the reason >&2; exit 3", code: 3, text: "exit code 3: the reason"},
		{script: "kill -9 $$", code: -1, signal: "killed", text: "ended by signal: killed"},
	} {
		exit := wait(t, start(t, shell(c.script)))
		if exit.Code != c.code || exit.Signal != c.signal {
			t.Errorf("%s: got code %d, signal %q", c.script, exit.Code, exit.Signal)
		}
		var failed *ExitError
		if err := exit.Err(); errors.As(err, &failed) != (c.code != 0) || failed != nil && err.Error() != c.text {
			t.Errorf("%s: got error %v", c.script, err)
		}
	}
}

func TestStartFailures(t *testing.T) {
	_, err := Start(t.Context(), Spec{Path: "no-such-program-here"})
	if !errors.Is(err, exec.ErrNotFound) {
		t.Errorf("unknown program: %v", err)
	}
	if _, err = Start(t.Context(), Spec{Path: "/bin/sh", Dir: t.TempDir() + "/none"}); err == nil {
		t.Error("started in a directory that does not exist")
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err = Start(ctx, shell("true")); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

func TestStartTimeout(t *testing.T) {
	spec := shell("exec sleep 60")
	spec.StartTimeout = 20 * time.Millisecond
	p := start(t, spec)
	for range 2 {
		if _, err := p.ReadLine(); !errors.Is(err, ErrStartTimeout) {
			t.Fatal(err)
		}
	}
	if err := p.Stop(t.Context(), time.Minute); err != nil {
		t.Fatal(err)
	}
	if _, err := p.ReadLine(); err != io.EOF {
		t.Fatalf("after the end: %v", err)
	}
}

func TestStartTimeoutCountsUntilTheFirstByteOnly(t *testing.T) {
	spec := as("echo")
	spec.StartTimeout = time.Second
	p := start(t, spec)
	passed := time.After(spec.StartTimeout)
	for i := range 2 {
		if err := p.Send(struct{}{}); err != nil {
			t.Fatal(err)
		}
		if _, err := p.ReadLine(); err != nil {
			t.Fatal(err)
		}
		if i == 0 {
			<-passed
		}
	}
}

// A child gets its parent-death signal when the thread that forked it ends: that must not be the caller's.
func TestChildOutlivesTheThreadThatAskedForIt(t *testing.T) {
	var p *Process
	var err error
	var asked sync.WaitGroup
	asked.Go(func() {
		runtime.LockOSThread() // never unlocked: the thread ends with the goroutine
		p, err = Start(t.Context(), as("echo"))
	})
	asked.Wait()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Send(struct{}{}); err != nil {
		t.Fatal(err)
	}
	if line, err := p.ReadLine(); err != nil || string(line) != "{}" {
		t.Fatalf("got %q, %v", line, err)
	}
	if err := p.Stop(t.Context(), time.Minute); err != nil {
		t.Fatal(err)
	}
}

func TestWaitEndsWithItsContext(t *testing.T) {
	p := start(t, as("echo"))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := p.Wait(ctx); !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
}

func TestEnvironment(t *testing.T) {
	spec := shell(`echo "{\"a\":\"$A\",\"home\":\"$HOME\"}"; echo "$` + markName + `" >&2`)
	spec.Env = []string{"A=1", "A=2", markName + "=forged"}
	p := start(t, spec)
	lines, _ := readAll(t, p)
	if want := `{"a":"2","home":""}`; len(lines) != 1 || lines[0] != want {
		t.Errorf("got %q, want %q", lines, want)
	}
	if got := wait(t, p).Stderr.Head; got == "forged" || got == "" {
		t.Errorf("mark is %q", got)
	}
}

func TestManyAtOnce(t *testing.T) {
	var all sync.WaitGroup
	for n := range 8 {
		all.Go(func() {
			p, err := Start(t.Context(), as("echo"))
			if err != nil {
				t.Error(err)
				return
			}
			if err := p.Send(map[string]int{"n": n}); err != nil {
				t.Error(err)
			}
			if line, err := p.ReadLine(); err != nil || string(line) != fmt.Sprintf(`{"n":%d}`, n) {
				t.Errorf("got %q, %v", line, err)
			}
			var stops sync.WaitGroup
			for range 3 {
				stops.Go(func() {
					if err := p.Stop(t.Context(), time.Minute); err != nil {
						t.Error(err)
					}
				})
			}
			stops.Wait()
		})
	}
	all.Wait()
}
