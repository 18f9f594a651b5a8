package codex_test

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/parleyhq/parley/adapters"
	"github.com/parleyhq/parley/adapters/adaptertest"
	"github.com/parleyhq/parley/adapters/adaptertest/model"
	"github.com/parleyhq/parley/adapters/codex"
	"github.com/parleyhq/parley/adapters/codex/codextest"
	"github.com/parleyhq/parley/openapi"
)

// real is a session with the real program, which talks to a scripted model.
type real struct {
	t       *testing.T
	server  *model.Server
	host    *adaptertest.Host
	adapter *codex.Adapter
	options adapters.Options
	agent   adapters.Agent
	home    string
	data    string
}

func newReal(t *testing.T, o adapters.Options, env ...string) *real {
	t.Helper()
	program := codextest.Binary(t)
	r := &real{t: t, server: model.Start(t), host: adaptertest.NewHost(), home: t.TempDir(), data: t.TempDir()}
	r.adapter = codex.New(codex.Config{DataDir: r.data, Program: program, Env: codextest.Env(r.home, r.server.URL, env...)})
	if o.Directory == "" {
		o.Directory = t.TempDir()
	}
	o.SessionID = t.Name()
	r.options = o
	r.open()
	return r
}

// open opens the agent, again after a close.
func (r *real) open() {
	r.t.Helper()
	r.options.History = codex.HistoryOf(r.host.Log())
	agent, err := r.adapter.Open(r.t.Context(), r.options)
	if err != nil {
		r.t.Fatal(err)
	}
	r.agent = agent
	r.t.Cleanup(r.close)
}

// close closes the agent; nothing may be left of it.
func (r *real) close() {
	r.t.Helper()
	if err := r.agent.Close(context.Background()); err != nil {
		r.t.Error(err)
	}
	for _, o := range codex.Outputs[openapi.NativeSession](r.host.Outputs()) {
		r.options.NativeSessionID = o.ID
	}
	for _, process := range codex.Left(r.t) {
		r.t.Errorf("a process is left: %s", process)
	}
}

func (r *real) turn(lines ...string) *adaptertest.Turn {
	r.t.Helper()
	return r.host.Turn(r.t, r.agent, strings.Join(lines, "\n"))
}

func (r *real) ends(turn *adaptertest.Turn, want openapi.TurnStatus) []openapi.Output {
	r.t.Helper()
	outcome, err := turn.Wait(r.t)
	said := turn.Outputs()
	if err != nil || outcome.Status != want {
		r.t.Fatalf("the turn ended %q, %v, want %q; it said %q %q", outcome.Status, err, want, codex.Messages(said), codex.Statuses(said))
	}
	codex.CheckOutputs(r.t, said)
	return said
}

func (r *real) says(lines ...string) []openapi.Output {
	r.t.Helper()
	return r.ends(r.turn(lines...), openapi.TurnStatusCompleted)
}

// permit answers the n-th permission request of a turn.
func (r *real) permit(turn *adaptertest.Turn, n int, reply openapi.PermissionReply) openapi.PermissionRequestedData {
	r.t.Helper()
	asked := turn.AwaitType(r.t, openapi.EventPermissionRequested, n).Data.(openapi.PermissionRequestedData)
	if err := r.host.AnswerPermission(asked.PermissionID, reply); err != nil {
		r.t.Fatal(err)
	}
	return asked
}

func (r *real) question(turn *adaptertest.Turn, n int) openapi.QuestionRequestedData {
	r.t.Helper()
	return turn.AwaitType(r.t, openapi.EventQuestionRequested, n).Data.(openapi.QuestionRequestedData)
}

func (r *real) path(name string) string { return filepath.Join(r.options.Directory, name) }

func (r *real) exists(name string) bool {
	_, err := os.Stat(r.path(name))
	return err == nil
}

// last is the last request that the model got.
func (r *real) last() model.Request {
	r.t.Helper()
	requests := r.server.Requests()
	if len(requests) == 0 {
		r.t.Fatal("the model was not asked")
	}
	return requests[len(requests)-1]
}

// overhear puts a proxy before the model server, which counts the requests that have a text in their body. It tells the
// program at once that it speaks no web sockets, which that tries seven times else.
func (r *real) overhear(text string) (address string, count func() int) {
	r.t.Helper()
	target, err := url.Parse(r.server.URL)
	if err != nil {
		r.t.Fatal(err)
	}
	var heard atomic.Int64
	forward := httputil.NewSingleHostReverseProxy(target)
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		if q.Header.Get("Upgrade") != "" {
			w.WriteHeader(http.StatusUpgradeRequired)
			return
		}
		body, _ := io.ReadAll(q.Body) // what is cut off is not heard
		if bytes.Contains(body, []byte(text)) {
			heard.Add(1)
		}
		q.Body = io.NopCloser(bytes.NewReader(body))
		forward.ServeHTTP(w, q)
	}))
	r.t.Cleanup(proxy.Close)
	return proxy.URL, func() int { return int(heard.Load()) }
}

// configure puts lines before the program's configuration, for the processes that are started from now on.
func (r *real) configure(lines string) {
	r.t.Helper()
	config, err := os.ReadFile(filepath.Join(codextest.Home(r.home), "config.toml"))
	if err != nil {
		r.t.Fatal(err)
	}
	codextest.Configure(codextest.Home(r.home), lines+string(config))
}
