package session

import (
	"context"
	"slices"
	"testing"

	"github.com/parleyhq/parley/adapters"
	"github.com/parleyhq/parley/openapi"
)

// asking is a script that asks for two permissions at once and says what became of them.
func asking(ctx context.Context, _ adapters.Input, h adapters.Host) (adapters.Outcome, error) {
	a, err := h.AskPermission(adapters.PermissionRequest{ID: "a", Action: "Run: ls"})
	if err != nil {
		return completed, err
	}
	b, err := h.AskPermission(adapters.PermissionRequest{ID: "b", Action: "Write"})
	if err != nil {
		return completed, err
	}
	second, err := b.Wait(ctx)
	if err != nil {
		return adapters.Outcome{Status: openapi.TurnStatusInterrupted}, nil
	}
	first, err := a.Wait(ctx)
	if err != nil {
		return completed, err
	}
	return completed, h.Emit(say("m", string(first)+" "+string(second)))
}

func TestPermissions(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.puppet.scripts["ask"] = asking
	w.create("s")
	w.send("s", "ask")
	w.await("s", func(e openapi.Event) bool { return line(e) == "6 agent turn_1 permission.requested b" })
	info, _ := w.Get(t.Context(), "s")
	if info.Status != openapi.SessionStatusWaiting || info.PendingRequests != 2 {
		t.Errorf("session %+v", info)
	}
	list, err := w.AllPending(t.Context())
	if err != nil || len(list.Permissions) != 2 || list.Permissions[0].Permission.PermissionID != "a" {
		t.Errorf("pending %+v, %v", list, err)
	}
	w.reply("s", "a", openapi.PermissionReplyAlways)
	w.reply("s", "b", openapi.PermissionReplyReject)
	wantLines(t, w.awaitEnds("s", 1)[6:],
		"7 server turn_1 permission.resolved a accept_for_session",
		"8 server turn_1 permission.resolved b reject",
		"9 server turn_1 item.started itm_2 always reject",
		"10 server turn_1 item.delta itm_2 always reject",
		"11 agent turn_1 item.completed itm_2 always reject",
		"12 server turn_1 turn.ended completed",
	)
	err = w.ReplyPermission(t.Context(), "s", "a", openapi.PermissionReplyOnce, Idempotency{})
	if e := wantCode(t, err, CodeInvalidRequest); e.Detail != "unknown permission id: a" {
		t.Errorf("detail %q", e.Detail)
	}
}

func (w *world) reply(id, permission string, r openapi.PermissionReply) {
	w.t.Helper()
	if err := w.ReplyPermission(w.t.Context(), id, permission, r, Idempotency{}); err != nil {
		w.t.Fatal(err)
	}
}

func TestAlwaysHoldsForTheSession(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.puppet.scripts["first"] = func(ctx context.Context, _ adapters.Input, h adapters.Host) (adapters.Outcome, error) {
		_, err := permit(ctx, h, "p1", "Bash: ls")
		return completed, err
	}
	w.puppet.scripts["second"] = func(ctx context.Context, _ adapters.Input, h adapters.Host) (adapters.Outcome, error) {
		r, err := permit(ctx, h, "p2", "bash rm")
		if err != nil {
			return completed, err
		}
		return completed, h.Emit(say("m", string(r)))
	}
	w.create("s")
	w.send("s", "first")
	w.await("s", typed(openapi.EventPermissionRequested))
	w.reply("s", "p1", openapi.PermissionReplyAlways)
	w.awaitEnds("s", 1)
	w.restart(Config{})
	w.send("s", "second")
	events := w.awaitEnds("s", 2)
	i := slices.IndexFunc(events, func(e openapi.Event) bool {
		d, ok := e.Data.(openapi.PermissionResolvedData)
		return ok && d.PermissionID == "p2"
	})
	if i < 0 || events[i].Data.(openapi.PermissionResolvedData).Status != openapi.PermissionStatusAcceptForSession {
		t.Fatalf("not granted:\n%s", show(events))
	}
	if d := events[i+1].Data.(openapi.ItemStartedData); text(d.Item) != "always" {
		t.Errorf("the agent was told %q", text(d.Item))
	}
}

// restart puts another service over the same store, as a new server would.
func (w *world) restart(cfg Config) {
	w.t.Helper()
	w.stopNow(w.Service)
	w.start(cfg)
}

func TestQuestions(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	questions := []openapi.QuestionDetail{
		{Question: "Color?", Options: []openapi.QuestionOption{{Label: "Red"}, {Label: "Blue"}}},
		{Question: "Sizes?", MultiSelect: true, Options: []openapi.QuestionOption{{Label: "S"}, {Label: "L"}}},
	}
	got := make(chan adapters.QuestionReply, 2)
	w.puppet.scripts["ask"] = func(ctx context.Context, in adapters.Input, h adapters.Host) (adapters.Outcome, error) {
		p, err := h.AskQuestion(adapters.QuestionRequest{ID: "q" + in.TurnID, Questions: questions})
		if err != nil {
			return completed, err
		}
		r, err := p.Wait(ctx)
		got <- r
		return completed, err
	}
	w.create("s")
	w.send("s", "ask")
	asked := w.await("s", typed(openapi.EventQuestionRequested))
	d := asked[len(asked)-1].Data.(openapi.QuestionRequestedData)
	if d.Prompt != "Color?" || !slices.Equal(d.Options, []string{"Red", "Blue"}) || len(d.Questions) != 2 {
		t.Errorf("question %+v", d)
	}
	if err := w.ReplyQuestion(t.Context(), "s", "qturn_1", [][]string{{"Blue"}, {"S", "L"}}, Idempotency{}); err != nil {
		t.Fatal(err)
	}
	if r := <-got; r.Rejected || r.Answers[1][1] != "L" {
		t.Errorf("the agent was told %+v", r)
	}
	events := w.awaitEnds("s", 1)
	resolved := events[len(events)-2].Data.(openapi.QuestionResolvedData)
	if *resolved.Response != "Blue" || len(resolved.Answers) != 2 {
		t.Errorf("resolved %+v", resolved)
	}
	w.send("s", "ask")
	w.await("s", func(e openapi.Event) bool { return e.TurnID == "turn_2" && e.Type() == openapi.EventQuestionRequested })
	if err := w.RejectQuestion(t.Context(), "s", "qturn_2", Idempotency{}); err != nil {
		t.Fatal(err)
	}
	if r := <-got; !r.Rejected {
		t.Errorf("the agent was told %+v", r)
	}
	err := w.RejectQuestion(t.Context(), "s", "qturn_2", Idempotency{})
	if e := wantCode(t, err, CodeInvalidRequest); e.Detail != "unknown question id: qturn_2" {
		t.Errorf("detail %q", e.Detail)
	}
}

func TestOfManyRepliesOneIsAccepted(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.puppet.scripts["ask"] = func(ctx context.Context, _ adapters.Input, h adapters.Host) (adapters.Outcome, error) {
		_, err := permit(ctx, h, "p", "x")
		return completed, err
	}
	w.create("s")
	w.send("s", "ask")
	w.await("s", typed(openapi.EventPermissionRequested))
	errs := make(chan error)
	const many = 20
	for range many {
		go func() {
			errs <- w.ReplyPermission(context.Background(), "s", "p", openapi.PermissionReplyOnce, Idempotency{})
		}()
	}
	accepted := 0
	for range many {
		if <-errs == nil {
			accepted++
		}
	}
	if accepted != 1 {
		t.Errorf("%d replies accepted", accepted)
	}
}

func TestWithdrawnRequest(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.puppet.scripts["ask"] = func(ctx context.Context, _ adapters.Input, h adapters.Host) (adapters.Outcome, error) {
		p, err := h.AskPermission(adapters.PermissionRequest{ID: "p", Action: "x"})
		if err != nil {
			return completed, err
		}
		ctx, cancel := context.WithCancel(ctx)
		cancel()
		if _, err := p.Wait(ctx); err == nil {
			t.Error("a withdrawn request was answered")
		}
		return completed, h.Emit(say("m", "on"))
	}
	w.create("s")
	w.send("s", "ask")
	events := w.awaitEnds("s", 1)
	wantLines(t, events[4:6], "5 agent turn_1 permission.requested p", "6 server turn_1 permission.resolved p reject")
}

func TestOpenRequestsAreResolvedAtTheEnd(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.puppet.scripts["leave"] = func(_ context.Context, _ adapters.Input, h adapters.Host) (adapters.Outcome, error) {
		if _, err := h.AskPermission(adapters.PermissionRequest{ID: "p", Action: "x"}); err != nil {
			return completed, err
		}
		_, err := h.AskQuestion(adapters.QuestionRequest{ID: "q", Questions: []openapi.QuestionDetail{{Question: "?"}}, Plain: true})
		return completed, err
	}
	w.create("s")
	w.send("s", "leave")
	wantLines(t, w.awaitEnds("s", 1)[4:],
		"5 agent turn_1 permission.requested p",
		"6 agent turn_1 question.requested",
		"7 server turn_1 permission.resolved p reject",
		"8 server turn_1 question.resolved q rejected",
		"9 server turn_1 turn.ended completed",
	)
}
