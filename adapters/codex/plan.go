package codex

import (
	"strings"

	"github.com/parleyhq/parley/adapters"
	"github.com/parleyhq/parley/openapi"
)

// The answers to a plan.
const (
	approve = "approve"
	reject  = "reject"
)

// carryOut is what Codex's own client says when its user approves a plan.
const carryOut = "Implement the plan."

// planning says whether the session is in plan mode.
func (t *turn) planning() bool { return t.agent.plans() && !t.agent.carriedOut }

// askPlan asks whether the agent may do what it has planned. Approval ends plan mode and lets it begin, rejection ends the
// turn, any other answer is what is to be different.
func (t *turn) askPlan(plan string) error {
	id := t.conn.name + "/" + t.conn.convert.past + "/plan"
	pending, err := t.host.AskQuestion(planRequest(id, plan))
	if err != nil {
		return err
	}
	t.waits.Go(func() {
		reply, err := pending.Wait(t.ctx)
		if err != nil {
			return
		}
		select {
		case t.planned <- reply:
		case <-t.over.Done():
		}
	})
	return nil
}

func planRequest(id, plan string) adapters.QuestionRequest {
	return adapters.QuestionRequest{ID: id, Questions: []openapi.QuestionDetail{{
		Question: "Approve plan execution?\n\n" + plan,
		Header:   "Plan",
		Options: []openapi.QuestionOption{
			{Label: approve, Description: "Leave plan mode and carry the plan out"},
			{Label: reject, Description: "Stay in plan mode"},
		},
	}}}
}

// heardOfPlan goes on as the user has said.
func (t *turn) heardOfPlan(reply adapters.QuestionReply) *adapters.Outcome {
	said := reject
	if !reply.Rejected && len(reply.Answers) > 0 && len(reply.Answers[0]) > 0 {
		said = reply.Answers[0][0]
	}
	switch {
	case strings.EqualFold(said, reject):
		return &adapters.Outcome{Status: openapi.TurnStatusCompleted}
	case strings.EqualFold(said, approve):
		t.agent.carriedOut = true
		said = carryOut
	}
	t.begin([]any{newText(said)})
	return nil
}
