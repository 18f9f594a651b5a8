package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/parleyhq/parley/adapters/acp/acptest"
	"github.com/parleyhq/parley/adapters/adaptertest"
	"github.com/parleyhq/parley/adapters/adaptertest/model"
	"github.com/parleyhq/parley/adapters/claude/claudetest"
	"github.com/parleyhq/parley/adapters/codex/codextest"
	"github.com/parleyhq/parley/adapters/opencode/opencodetest"
	"github.com/parleyhq/parley/client"
	"github.com/parleyhq/parley/openapi"
)

// real is a real agent program and what a test must know of it.
type real struct {
	id        string
	env       func(dir, url string, more ...string) []string // lets the program talk to the scripted model at url
	questions bool                                           // it can ask
	model     string                                         // that the agent has; empty = any name will do
	strict    bool                                           // it refuses a variant, which the seed's session has
	tool      func(name string) string                       // its model's name of a tool of the client; nil = it takes none
}

// reals are the agents whose programs can be had, with everything that their model says from a script.
var reals = []real{
	{id: "claude", env: claudetest.Env, questions: true, tool: func(name string) string { return "mcp__parley__" + name }},
	{id: "codex", env: codextest.Env, questions: true, tool: func(name string) string { return "mcp__parley__" + strings.ReplaceAll(name, "-", "_") }},
	{id: "opencode", env: opencodetest.Env, questions: true, model: opencodetest.Model, tool: func(name string) string { return "parley_" + name }},
	{id: "gemini", env: acptest.GeminiEnv, strict: true},
}

// TestReal is the product's main job on real parts: the real agent programs, installed by the binary, behind the binary,
// driven through the client; only the model provider is a script.
func TestReal(t *testing.T) {
	t.Parallel()
	for _, agent := range reals {
		t.Run(agent.id, func(t *testing.T) {
			t.Parallel()
			p := newProject(t, agent)
			p.create("work")
			p.text()
			p.reasoning()
			p.allowed()
			p.denied()
			p.edit()
			p.question()
			p.interrupt()
			p.broken()
			p.killed()
			p.terminate()
			p.s.stop()
		})
	}
}

// project is a directory in which a real program works, and the server that runs it.
type project struct {
	t     *testing.T
	ctx   context.Context
	agent real
	s     *server
	c     *client.Client
	model *model.Server
	dir   string
	mark  string // in the environment of every process that the server starts
}

func newProject(t *testing.T, agent real) *project {
	t.Helper()
	program := installed(t, agent.id)
	p := &project{t: t, agent: agent, dir: t.TempDir(), model: model.Start(t), mark: fmt.Sprintf("PARLEY_E2E_MARK=%d-%s", os.Getpid(), t.Name())}
	ctx, cancel := context.WithTimeout(t.Context(), 4*time.Minute)
	t.Cleanup(cancel)
	p.ctx = ctx
	p.s = newServer(t)
	p.s.env = append(os.Environ(), agent.env(t.TempDir(), p.model.URL, p.mark,
		"PATH="+filepath.Dir(program)+string(os.PathListSeparator)+os.Getenv("PATH"))...)
	p.s.start()
	p.c = p.s.client()
	return p
}

// installed installs an agent by the product's own installer into a cache outside the repository, once, and returns where
// its program is. A machine that cannot is told so; CI must be able to.
func installed(t *testing.T, agent string) string {
	t.Helper()
	if testing.Short() {
		t.Skip("the real " + agent + " is left out by -short")
	}
	if _, err := exec.LookPath("npm"); err != nil && os.Getenv("CI") != "true" {
		t.Skip("the real " + agent + " needs npm, which is not on PATH")
	}
	out := parley(t, "agents", "install", agent, "--data-dir", adaptertest.Cache(t))
	_, program, ok := strings.Cut(strings.TrimSpace(out), " is installed at ")
	if !ok {
		t.Fatalf("the installer does not say where %s is:\n%s", agent, out)
	}
	return program
}

func (p *project) create(id string) {
	p.t.Helper()
	req := openapi.CreateSessionRequest{Agent: p.agent.id, Directory: p.dir}
	if _, err := p.c.CreateSession(p.ctx, id, req); err != nil {
		p.t.Fatal(err)
	}
}

// turn sends a message and collects its turn. on is called with every event, to answer what the agent asks.
func (p *project) turn(message string, on func(openapi.Event)) []openapi.Event {
	p.t.Helper()
	return p.collect(p.c.StreamMessage(p.ctx, "work", openapi.MessageRequest{Message: message}), on)
}

func (p *project) collect(from iter.Seq2[openapi.Event, error], on func(openapi.Event)) (events []openapi.Event) {
	p.t.Helper()
	for e, err := range from {
		if err != nil {
			p.t.Fatalf("%v after\n%s", err, show(events))
		}
		events = append(events, e)
		if on != nil {
			on(e)
		}
	}
	return events
}

func (p *project) must(err error) {
	p.t.Helper()
	if err != nil {
		p.t.Fatal(err)
	}
}

// ends checks how a turn ended.
func (p *project) ends(events []openapi.Event, status openapi.TurnStatus) {
	p.t.Helper()
	d, ok := events[len(events)-1].Data.(openapi.TurnEndedData)
	if !ok || d.Status != status {
		p.t.Fatalf("the turn did not end %s:\n%s", status, show(events))
	}
}

// said is the agent's text in a turn: what the deltas add up to, which must be what the items have.
func (p *project) said(events []openapi.Event) string {
	p.t.Helper()
	var deltas, whole strings.Builder
	for _, e := range events {
		switch d := e.Data.(type) {
		case openapi.ItemDeltaData:
			if d.Part == "" || d.Part == openapi.DeltaPartText {
				deltas.WriteString(d.Delta)
			}
		case openapi.ItemCompletedData:
			if d.Item.Kind == openapi.ItemKindMessage && *d.Item.Role == openapi.ItemRoleAssistant {
				whole.WriteString(partText(d.Item))
			}
		}
	}
	if deltas.String() != whole.String() {
		p.t.Errorf("the deltas say %q, the items %q", &deltas, &whole)
	}
	return whole.String()
}

func partText(item openapi.Item) (text string) {
	for _, c := range item.Content {
		if t, ok := c.Part.(openapi.TextPart); ok {
			text += t.Text
		}
	}
	return text
}

func (p *project) text() {
	p.t.Helper()
	events := p.turn("say hello there from the script", nil)
	p.ends(events, openapi.TurnStatusCompleted)
	if got := p.said(events); got != "hello there from the script" {
		p.t.Errorf("the agent said %q", got)
	}
	if n := count[openapi.ItemDeltaData](events); n < 2 {
		p.t.Errorf("%d deltas", n)
	}
	if count[openapi.UsageUpdatedData](events) == 0 {
		p.t.Errorf("no usage:\n%s", show(events))
	}
}

func count[T openapi.EventData](events []openapi.Event) (n int) {
	for _, e := range events {
		if _, ok := e.Data.(T); ok {
			n++
		}
	}
	return n
}

func (p *project) reasoning() {
	p.t.Helper()
	events := p.turn("think pondering the problem\nsay thought", nil)
	p.ends(events, openapi.TurnStatusCompleted)
	for _, e := range events {
		if d, ok := e.Data.(openapi.ItemCompletedData); ok {
			for _, c := range d.Item.Content {
				if r, ok := c.Part.(openapi.ReasoningPart); ok && strings.Contains(r.Text, "pondering the problem") {
					return
				}
			}
		}
	}
	p.t.Errorf("no reasoning:\n%s", show(events))
}

// permit answers every permission request of a turn.
func (p *project) permit(reply openapi.PermissionReply) func(openapi.Event) {
	return func(e openapi.Event) {
		if d, ok := e.Data.(openapi.PermissionRequestedData); ok {
			p.must(p.c.ReplyPermission(p.ctx, "work", d.PermissionID, reply))
		}
	}
}

func (p *project) allowed() {
	p.t.Helper()
	events := p.turn("run touch allowed.txt\nsay ran", p.permit(openapi.PermissionReplyOnce))
	p.ends(events, openapi.TurnStatusCompleted)
	if _, err := os.Stat(filepath.Join(p.dir, "allowed.txt")); err != nil || count[openapi.PermissionResolvedData](events) != 1 {
		p.t.Errorf("%v\n%s", err, show(events))
	}
}

func (p *project) denied() {
	p.t.Helper()
	events := p.turn("run touch denied.txt\nsay went on", p.permit(openapi.PermissionReplyReject))
	p.ends(events, openapi.TurnStatusCompleted)
	if _, err := os.Stat(filepath.Join(p.dir, "denied.txt")); err == nil || p.said(events) != "went on" {
		p.t.Errorf("denied, and yet:\n%s", show(events))
	}
}

func (p *project) edit() {
	p.t.Helper()
	file := filepath.Join(p.dir, "f.txt")
	p.must(os.WriteFile(file, []byte("alpha\nbeta\n"), 0o600))
	events := p.turn(fmt.Sprintf("read %s\nedit %s beta => gamma\nsay edited", file, file), p.permit(openapi.PermissionReplyOnce))
	p.ends(events, openapi.TurnStatusCompleted)
	content, err := os.ReadFile(file)
	if err != nil || string(content) != "alpha\ngamma\n" {
		p.t.Errorf("the file holds %q, %v", content, err)
	}
	for _, e := range events {
		if d, ok := e.Data.(openapi.ItemCompletedData); ok {
			for _, c := range d.Item.Content {
				if f, ok := c.Part.(openapi.FileRefPart); ok && f.Diff != nil && strings.Contains(*f.Diff, "-beta") && strings.Contains(*f.Diff, "+gamma") {
					return
				}
			}
		}
	}
	p.t.Errorf("no diff:\n%s", show(events))
}

func (p *project) question() {
	p.t.Helper()
	if !p.agent.questions {
		return
	}
	events := p.turn("ask Which color? | Red | Blue\nresult", func(e openapi.Event) {
		if d, ok := e.Data.(openapi.QuestionRequestedData); ok {
			if d.Prompt != "Which color?" || len(d.Options) != 2 {
				p.t.Errorf("question %+v", d)
			}
			p.must(p.c.ReplyQuestion(p.ctx, "work", d.QuestionID, [][]string{{"Blue"}}))
		}
	})
	p.ends(events, openapi.TurnStatusCompleted)
	if got := p.said(events); !strings.Contains(got, "Blue") {
		p.t.Errorf("the agent heard %q", got)
	}
}

func (p *project) interrupt() {
	p.t.Helper()
	stop := false
	events := p.turn("slow 400 50", func(e openapi.Event) {
		if e.Type() == openapi.EventItemDelta && !stop {
			stop = true
			p.must(p.c.InterruptSession(p.ctx, "work"))
		}
	})
	p.ends(events, openapi.TurnStatusInterrupted)
	events = p.turn("say still here", nil)
	p.ends(events, openapi.TurnStatusCompleted)
	if got := p.said(events); got != "still here" {
		p.t.Errorf("after the interrupt the agent said %q", got)
	}
}

// broken lets the model's provider refuse: the turn fails with what it said, and the session goes on.
func (p *project) broken() {
	p.t.Helper()
	events := p.turn("error 401 the key is not valid", nil)
	p.ends(events, openapi.TurnStatusFailed)
	if count[openapi.ErrorData](events) != 1 {
		p.t.Errorf("not one error:\n%s", show(events))
	}
	events = p.turn("say well again", nil)
	p.ends(events, openapi.TurnStatusCompleted)
	if got := p.said(events); got != "well again" {
		p.t.Errorf("after the error the agent said %q", got)
	}
}

// killed kills the server in mid-turn. The same loop sees the turn closed by the next server, and the next message goes on
// with the agent's own session.
func (p *project) killed() {
	p.t.Helper()
	killed := false
	var orphans []string
	events := p.turn("slow 400 50", func(e openapi.Event) {
		if e.Type() == openapi.EventItemDelta && !killed {
			killed, orphans = true, p.processes()
			p.s.kill()
			p.s.start()
		}
	})
	p.ends(events, openapi.TurnStatusFailed)
	left := p.processes() // the sweep comes before the first turn is taken up
	if slices.ContainsFunc(orphans, func(orphan string) bool { return slices.Contains(left, orphan) }) || len(orphans) == 0 {
		p.t.Errorf("of the killed server's agents %q these are left: %q", orphans, left)
	}
	if d, ok := events[len(events)-2].Data.(openapi.ErrorData); !ok || *d.Code != "server_restarted" {
		p.t.Errorf("the cut turn ended\n%s", show(events))
	}
	events = p.turn("say back again", nil)
	p.ends(events, openapi.TurnStatusCompleted)
	if got := p.said(events); got != "back again" {
		p.t.Errorf("after the restart the agent said %q", got)
	}
	requests := p.model.Requests()
	last, err := json.Marshal(requests[len(requests)-1])
	p.must(err)
	if !bytes.Contains(last, []byte("hello there from the script")) {
		p.t.Error("the agent has forgotten the session")
	}
}

func (p *project) terminate() {
	p.t.Helper()
	if len(p.processes()) == 0 {
		p.t.Error("no agent runs before the termination: the test looks at the wrong place")
	}
	p.must(p.c.TerminateSession(p.ctx, "work"))
	if left := p.processes(); len(left) > 0 {
		p.t.Errorf("processes left: %v", left)
	}
	events := p.collect(p.c.Events(p.ctx, "work", 0), nil)
	if d, ok := events[len(events)-1].Data.(openapi.SessionEndedData); !ok || d.Reason != openapi.SessionEndReasonTerminated {
		p.t.Errorf("the session ended with %s", show(events[len(events)-1:]))
	}
	for i, e := range events {
		if e.Sequence != uint64(i+1) {
			p.t.Fatalf("event %d stands at %d", e.Sequence, i+1)
		}
	}
}

// processes are those that the server has started and that still run.
func (p *project) processes() (found []string) {
	p.t.Helper()
	environs, err := filepath.Glob("/proc/[0-9]*/environ")
	p.must(err)
	for _, file := range environs {
		env, err := os.ReadFile(file)
		pid := filepath.Base(filepath.Dir(file))
		if err != nil || !bytes.Contains(env, []byte(p.mark)) || pid == strconv.Itoa(p.s.cmd.Process.Pid) {
			continue // gone meanwhile, somebody else's, or the server itself
		}
		line, _ := os.ReadFile(filepath.Join(filepath.Dir(file), "cmdline"))
		if len(line) > 0 { // a zombie has none
			found = append(found, pid+" "+string(bytes.ReplaceAll(line, []byte{0}, []byte{' '})))
		}
	}
	return found
}

// show prints events, a line each.
func show(events []openapi.Event) string {
	var b strings.Builder
	for _, e := range events {
		data, _ := json.Marshal(e.Data)
		fmt.Fprintf(&b, "%d %s %s %.300s\n", e.Sequence, e.TurnID, e.Type(), data)
	}
	return b.String()
}
