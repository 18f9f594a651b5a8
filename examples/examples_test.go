// Package examples_test runs the examples as their readers do, against a server with the mock agent.
package examples_test

import (
	"context"
	"log/slog"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/parleyhq/parley/adapters"
	"github.com/parleyhq/parley/adapters/mock"
	"github.com/parleyhq/parley/server"
	"github.com/parleyhq/parley/server/session"
	"github.com/parleyhq/parley/server/store/storetest"
)

const token = "a token"

func TestExamples(t *testing.T) {
	t.Parallel()
	url, programs := serve(t), build(t)
	for name, test := range map[string]struct {
		args  []string
		stdin string
		want  string // a regular expression
	}{
		"quickstart": {
			args: []string{"mock", "Good morning!"},
			want: `^Session quickstart-\d+ with mock on http://\S+\n\nyou: Good morning!\n\nmock: Good morning!\n\nThe turn is completed, \d+ events in.\n$`,
		},
		"quickstart with tools": {
			args: []string{"mock", "tool"},
			want: `\n  > mock.search \{.*\}\n`,
		},
		"approve": {
			stdin: "y\nYes\n",
			want: `(?s)^\nyou: List files.*\ncommand_execution map\[.*\nAllow\? .*: command_execution: accept\n.*The turn is completed\.\n` +
				`\nyou: Use the AskUserQuestion.*\nProceed\? \["Yes" "No"\]\nYour answer: .*The turn is completed\.\n$`,
		},
		"approve, but nobody answers": {
			want: `(?s): command_execution: reject\n.*The turn is completed\.\n$`,
		},
		"resume": {
			want: `(?s)^  1 session.started\n.*    -- parley: connection cut: .*    -- parley: .*\n\n\d+ events over a connection that was cut again and again: none missing, none twice.\n$`,
		},
		"trigger": {
			want: `^you: call tools .*\n\n  > get-weather {"city":"Bern"}\n  > get-time {}\n` +
				`  < {"for":{"city":"Bern"},"source":"made up","weather":"sunny"}\n  < "\d{4}-\S+"\n` +
				`{"for":{"city":"Bern"},"source":"made up","weather":"sunny"}; "\d{4}-\S+"\n\nThe run is over: stop\n$`,
		},
		"trigger, with an error of a tool": {
			args: []string{"-agent", "mock", "-input", `{"COMPANY_NAME":"Acme"}`, "call tool confirm"},
			want: `\n  < no handler for tool: confirm\nno handler for tool: confirm\n\nThe run is over: stop\n$`,
		},
		"trigger, with an error of the agent": {
			args: []string{"fail"},
			want: `\n\nThe run is over: Mock agent failed, as the trigger asked for\.\n$`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			program, _, _ := strings.Cut(strings.Fields(name)[0], ",")
			cmd := exec.CommandContext(t.Context(), filepath.Join(programs, program), test.args...)
			cmd.Env = append(os.Environ(), "PARLEY_SERVER="+url, "PARLEY_TOKEN="+token, "PARLEY_AGENT=")
			cmd.Stdin = strings.NewReader(test.stdin)
			out, err := cmd.CombinedOutput()
			if err != nil || !regexp.MustCompile(test.want).Match(out) {
				t.Errorf("%v\n%s\nwant %s", err, out, test.want)
			}
		})
	}
}

// build compiles all the examples.
func build(t *testing.T) (dir string) {
	t.Helper()
	dir = t.TempDir()
	out, err := exec.CommandContext(t.Context(), "go", "build", "-o", dir, "./quickstart", "./approve", "./resume", "./trigger").CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return dir
}

// serve starts a server with the mock agent, which ends with the test.
func serve(t *testing.T) (url string) {
	t.Helper()
	log := slog.New(slog.DiscardHandler)
	sessions, err := session.New(session.Config{Store: storetest.NewMemory(), Adapters: []adapters.Adapter{mock.New(0)}, Log: log})
	if err != nil {
		t.Fatal(err)
	}
	if err := sessions.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	s, err := server.New(server.Config{Sessions: sessions, Token: token, Log: log})
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	served := make(chan error, 1)
	go func() { served <- s.Serve(ctx, l) }()
	t.Cleanup(func() {
		cancel()
		if err := <-served; err != nil {
			t.Error(err)
		}
		if err := sessions.Close(context.WithoutCancel(ctx)); err != nil {
			t.Error(err)
		}
	})
	return "http://" + l.Addr().String()
}
