package codex

import (
	"testing"

	"github.com/parleyhq/parley/adapters"
	"github.com/parleyhq/parley/adapters/adaptertest"
	"github.com/parleyhq/parley/openapi"
)

// planned begins a turn that proposes a plan, and gives the question about it.
func planned(t *testing.T, r *running) (*adaptertest.Turn, openapi.QuestionRequestedData) {
	t.Helper()
	turn := r.host.Turn(t, r.agent, "plan # The plan")
	asked := turn.AwaitType(t, openapi.EventQuestionRequested, 1).Data.(openapi.QuestionRequestedData)
	contains(t, asked.Prompt, "# The plan")
	if len(asked.Options) != 2 || asked.Options[0] != "approve" || asked.Options[1] != "reject" {
		t.Errorf("got the options %q", asked.Options)
	}
	return turn, asked
}

func (r *running) mode() string { return sent[turnParams](r, "turn/start").Mode.Mode }

// An approved plan is carried out in the same turn, and the session has left plan mode.
func TestPlanApproved(t *testing.T) {
	config := fakeConfig(t)
	o := adapters.Options{SessionID: "s", Directory: t.TempDir(), AgentMode: modePlan}
	r := run(t, config, o)
	if mode := r.mode(); mode != "plan" {
		t.Fatalf("the session begins in %s mode", mode)
	}
	turn, asked := planned(t, r)
	if err := r.host.AnswerQuestion(asked.QuestionID, [][]string{{"approve"}}); err != nil {
		t.Fatal(err)
	}
	outcome, err := turn.Wait(t)
	if err != nil || outcome.Status != openapi.TurnStatusCompleted {
		t.Fatalf("got %v, %v", outcome, err)
	}
	checkOutputs(t, turn.Outputs())
	contains(t, messages(turn.Outputs()), "# The plan", "there it is", "what?") // the stand-in does not know how
	if u := pick[openapi.Usage](turn.Outputs()); len(u) != 1 || u[0].Data.OutputTokens != 10 {
		t.Errorf("got the usage %+v", u)
	}
	if mode := r.mode(); mode != "default" {
		t.Errorf("after the approval it is in %s mode", mode)
	}
	r.close()
	o.NativeSessionID = r.agent.native
	for want, history := range map[string][]openapi.Event{"default": r.host.Log(), "plan": nil} {
		o.History = historyOf(history)
		again := run(t, config, o)
		if mode := again.mode(); mode != want {
			t.Errorf("in the next process it is in %s mode, want %s", mode, want)
		}
		again.close()
	}
}

func TestPlanRejected(t *testing.T) {
	for name, answer := range map[string]func(*running, string) error{
		"rejected":  func(r *running, id string) error { return r.host.AnswerQuestion(id, [][]string{{"reject"}}) },
		"dismissed": func(r *running, id string) error { return r.host.RejectQuestion(id) },
	} {
		r := run(t, fakeConfig(t), adapters.Options{AgentMode: modePlan})
		turn, asked := planned(t, r)
		if err := answer(r, asked.QuestionID); err != nil {
			t.Fatal(err)
		}
		if outcome, err := turn.Wait(t); err != nil || outcome.Status != openapi.TurnStatusCompleted {
			t.Errorf("%s: got %v, %v", name, outcome, err)
		}
		if mode := r.mode(); mode != "plan" {
			t.Errorf("%s: it is in %s mode", name, mode)
		}
	}
}

// Any other answer is what is to be different: the agent plans again.
func TestPlanChanged(t *testing.T) {
	r := run(t, fakeConfig(t), adapters.Options{AgentMode: modePlan})
	turn, asked := planned(t, r)
	if err := r.host.AnswerQuestion(asked.QuestionID, [][]string{{"plan # Another plan"}}); err != nil {
		t.Fatal(err)
	}
	again := turn.AwaitType(t, openapi.EventQuestionRequested, 2).Data.(openapi.QuestionRequestedData)
	contains(t, again.Prompt, "# Another plan")
	turn.Interrupt()
	if outcome, err := turn.Wait(t); err != nil || outcome != interrupted {
		t.Errorf("got %v, %v", outcome, err)
	}
	r.says("say alive", openapi.TurnStatusCompleted)
}

// Outside plan mode a plan is a message.
func TestPlanInBuildMode(t *testing.T) {
	r := run(t, fakeConfig(t), adapters.Options{})
	contains(t, messages(r.says("plan # The plan", openapi.TurnStatusCompleted)), "# The plan")
}
