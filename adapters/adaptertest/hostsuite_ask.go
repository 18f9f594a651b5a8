package adaptertest

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"testing"
	"testing/synctest"

	"github.com/parleyhq/parley/adapters"
	"github.com/parleyhq/parley/openapi"
)

var askSuite = []hostTopic{
	{"ask is a barrier", askBarrier},
	{"ask waits until it is durable", askDurable},
	{"permission replies", permissionReplies},
	{"question replies", questionReplies},
	{"answers in any order", anyOrder},
	{"an answer is in the log before Wait returns", answerFirst},
	{"an answer before Wait", answerEarly},
	{"an answer is taken once", answerOnce},
	{"a cancelled Wait withdraws", withdraws},
	{"the turn goes on while it asks", goesOn},
}

// askBarrier: when an Ask returns, it and all that was emitted before are in the log.
func askBarrier(_ *testing.T, h *hostTest) {
	returned := h.turn(func(ctx context.Context, host adapters.Host) {
		h.no(host.Emit(startedOutput("a")))
		h.no(host.Emit(deltaOutput("a", "1")))
		_, err := host.AskPermission(permissionRequest("p"))
		h.no(err)
		h.is(h.said(), "item.started a", "item.delta a 1", "permission.requested p")
		h.no(host.Emit(deltaOutput("a", "2")))
		_, err = host.AskQuestion(questionRequest("q"))
		h.no(err)
		h.is(h.said(), "item.started a", "item.delta a 1", "permission.requested p", "item.delta a 2", "question.requested q")
		h.no(host.Emit(completedOutput("a", "12")))
	})
	h.over(returned)
	for _, e := range h.Log() {
		Valid(h.test, e)
	}
}

// askDurable: an Ask blocks while its event is not in the log.
func askDurable(_ *testing.T, h *hostTest) {
	h.asksLate(func(host adapters.Host) error { _, err := host.AskPermission(permissionRequest("p")); return err })
	h.asksLate(func(host adapters.Host) error { _, err := host.AskQuestion(questionRequest("q")); return err })
}

// asksLate asks while nothing becomes durable.
func (h *hostTest) asksLate(ask func(adapters.Host) error) {
	h.test.Helper()
	began, stalled := make(chan struct{}), make(chan struct{})
	returned := h.turn(func(_ context.Context, host adapters.Host) {
		close(began)
		<-stalled
		h.no(ask(host))
	})
	<-began
	synctest.Wait()
	resume := h.Stall()
	defer resume()
	close(stalled)
	h.blocked(returned)
	resume()
	h.over(returned)
}

func permissionReplies(t *testing.T, h *hostTest) {
	for i, c := range []struct {
		reply  openapi.PermissionReply
		status openapi.PermissionStatus
	}{
		{openapi.PermissionReplyOnce, openapi.PermissionStatusAccept},
		{openapi.PermissionReplyReject, openapi.PermissionStatusReject},
		{openapi.PermissionReplyAlways, openapi.PermissionStatusAcceptForSession},
	} {
		id := fmt.Sprint(i)
		var got openapi.PermissionReply
		returned := h.turn(func(ctx context.Context, host adapters.Host) {
			p, err := host.AskPermission(permissionRequest(id))
			h.no(err)
			got, err = p.Wait(ctx)
			h.no(err)
		})
		h.blocked(returned)
		h.no(h.AnswerPermission(id, c.reply))
		h.over(returned)
		if got != c.reply {
			t.Errorf("the agent heard %q, want %q", got, c.reply)
		}
		if want := fmt.Sprintf("permission.resolved %s %s", id, c.status); !slices.Contains(h.said(), want) {
			t.Errorf("no %q in the log: %q", want, h.said())
		}
	}
}

func questionReplies(t *testing.T, h *hostTest) {
	for i, c := range []struct {
		answers [][]string
		want    adapters.QuestionReply
		log     string
	}{
		{[][]string{{"yes"}, {"yes", "no"}}, adapters.QuestionReply{Answers: [][]string{{"yes"}, {"yes", "no"}}}, "answered yes yes+no"},
		{[][]string{{}, {"in other words"}}, adapters.QuestionReply{Answers: [][]string{{}, {"in other words"}}}, "answered  in other words"},
		{nil, adapters.QuestionReply{Rejected: true}, "rejected"},
	} {
		id := fmt.Sprint(i)
		var got adapters.QuestionReply
		returned := h.turn(func(ctx context.Context, host adapters.Host) {
			q, err := host.AskQuestion(questionRequest(id))
			h.no(err)
			got, err = q.Wait(ctx)
			h.no(err)
		})
		h.blocked(returned)
		if c.want.Rejected {
			h.no(h.RejectQuestion(id))
		} else {
			h.no(h.AnswerQuestion(id, c.answers))
		}
		h.over(returned)
		if !reflect.DeepEqual(got, c.want) {
			t.Errorf("the agent heard %+v, want %+v", got, c.want)
		}
		if want := fmt.Sprintf("question.resolved %s %s", id, c.log); !slices.Contains(h.said(), want) {
			t.Errorf("no %q in the log: %q", want, h.said())
		}
	}
}

// anyOrder: several requests are open, and each answer reaches its own.
func anyOrder(t *testing.T, h *hostTest) {
	returned := h.turn(func(ctx context.Context, host adapters.Host) {
		first, err := host.AskPermission(permissionRequest("first"))
		h.no(err)
		second, err := host.AskQuestion(questionRequest("second"))
		h.no(err)
		third, err := host.AskPermission(permissionRequest("third"))
		h.no(err)
		if reply, err := first.Wait(ctx); err != nil || reply != openapi.PermissionReplyReject {
			t.Errorf("first: %q, %v", reply, err)
		}
		if reply, err := second.Wait(ctx); err != nil || !reply.Rejected {
			t.Errorf("second: %+v, %v", reply, err)
		}
		if reply, err := third.Wait(ctx); err != nil || reply != openapi.PermissionReplyOnce {
			t.Errorf("third: %q, %v", reply, err)
		}
	})
	h.blocked(returned)
	h.no(h.AnswerPermission("third", openapi.PermissionReplyOnce))
	h.no(h.RejectQuestion("second"))
	h.blocked(returned)
	h.no(h.AnswerPermission("first", openapi.PermissionReplyReject))
	h.over(returned)
	h.is(h.said(), "permission.requested first", "question.requested second", "permission.requested third",
		"permission.resolved third accept", "question.resolved second rejected", "permission.resolved first reject")
}

// answerFirst: what the agent knows of an answer, the log knows already.
func answerFirst(t *testing.T, h *hostTest) {
	returned := h.turn(func(ctx context.Context, host adapters.Host) {
		p, err := host.AskPermission(permissionRequest("p"))
		h.no(err)
		_, err = p.Wait(ctx)
		h.no(err)
		h.is(h.said(), "permission.requested p", "permission.resolved p accept")
	})
	h.blocked(returned)
	resume := h.Stall()
	defer resume()
	answered := make(chan error, 1)
	go func() { answered <- h.AnswerPermission("p", openapi.PermissionReplyOnce) }()
	h.blocked(returned)
	if len(answered) > 0 {
		t.Errorf("the answer was accepted before it was durable: %v", <-answered)
	}
	resume()
	h.over(returned)
	h.no(<-answered)
}

// answerEarly comes while the agent does something else.
func answerEarly(t *testing.T, h *hostTest) {
	busy := make(chan struct{})
	returned := h.turn(func(ctx context.Context, host adapters.Host) {
		p, err := host.AskPermission(permissionRequest("p"))
		h.no(err)
		<-busy
		if reply, err := p.Wait(ctx); err != nil || reply != openapi.PermissionReplyAlways {
			t.Errorf("%q, %v", reply, err)
		}
	})
	h.blocked(returned)
	h.no(h.AnswerPermission("p", openapi.PermissionReplyAlways))
	close(busy)
	h.over(returned)
}

func answerOnce(t *testing.T, h *hostTest) {
	done := make(chan struct{})
	returned := h.turn(func(ctx context.Context, host adapters.Host) {
		p, err := host.AskPermission(permissionRequest("p"))
		h.no(err)
		q, err := host.AskQuestion(questionRequest("q"))
		h.no(err)
		_, err = p.Wait(ctx)
		h.no(err)
		_, err = q.Wait(ctx)
		h.no(err)
		<-done
	})
	h.blocked(returned)
	if h.AnswerPermission("nobody", openapi.PermissionReplyOnce) == nil || h.RejectQuestion("nobody") == nil {
		t.Error("an answer to an unknown request was accepted")
	}
	if h.AnswerPermission("q", openapi.PermissionReplyOnce) == nil || h.RejectQuestion("p") == nil {
		t.Error("an answer to a request of the other kind was accepted")
	}
	h.no(h.AnswerPermission("p", openapi.PermissionReplyOnce))
	h.no(h.AnswerQuestion("q", [][]string{{"yes"}}))
	if h.AnswerPermission("p", openapi.PermissionReplyReject) == nil || h.AnswerQuestion("q", nil) == nil || h.RejectQuestion("q") == nil {
		t.Error("a second answer was accepted")
	}
	close(done)
	h.over(returned)
}

// withdraws: the server resolves what the agent does not wait for any more, in a turn that goes on.
func withdraws(t *testing.T, h *hostTest) {
	done := make(chan struct{})
	returned := h.turn(func(ctx context.Context, host adapters.Host) {
		p, err := host.AskPermission(permissionRequest("p"))
		h.no(err)
		q, err := host.AskQuestion(questionRequest("q"))
		h.no(err)
		waiting, cancel := context.WithCancel(ctx)
		cancel()
		if _, err := p.Wait(waiting); !errors.Is(err, context.Canceled) {
			t.Errorf("Wait returns %v, want context.Canceled", err)
		}
		if _, err := q.Wait(waiting); !errors.Is(err, context.Canceled) {
			t.Errorf("Wait returns %v, want context.Canceled", err)
		}
		<-done
	})
	h.blocked(returned)
	h.is(h.settled(), "permission.requested p", "question.requested q", "permission.resolved p reject", "question.resolved q rejected")
	if h.AnswerPermission("p", openapi.PermissionReplyOnce) == nil || h.AnswerQuestion("q", nil) == nil {
		t.Error("an answer to a withdrawn request was accepted")
	}
	close(done)
	h.over(returned)
}

// goesOn: what is emitted while a request is open does not wait for its answer.
func goesOn(_ *testing.T, h *hostTest) {
	returned := h.turn(func(ctx context.Context, host adapters.Host) {
		p, err := host.AskPermission(permissionRequest("p"))
		h.no(err)
		h.no(host.Emit(startedOutput("a")))
		h.no(host.Emit(completedOutput("a", "all")))
		_, err = p.Wait(ctx)
		h.no(err)
	})
	h.blocked(returned)
	h.is(h.settled(), "permission.requested p", "item.started a", "item.completed a")
	h.no(h.AnswerPermission("p", openapi.PermissionReplyOnce))
	h.over(returned)
}
