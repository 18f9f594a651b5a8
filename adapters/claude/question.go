package claude

import (
	"cmp"
	"encoding/json"
	"strings"

	"github.com/parleyhq/parley/adapters"
	"github.com/parleyhq/parley/openapi"
)

// questions is the input of the tool that asks the user.
type questions struct {
	Questions []struct {
		Question string `json:"question"`
		Header   string `json:"header"`
		Options  []struct {
			Label       string `json:"label"`
			Description string `json:"description"`
		} `json:"options"`
		MultiSelect bool `json:"multiSelect"`
	} `json:"questions"`
}

func readQuestions(q toolRequest) (input questions) {
	_ = json.Unmarshal(q.Input, &input) // no questions then
	return input
}

func questionRequest(id string, input questions, raw []byte) adapters.QuestionRequest {
	return adapters.QuestionRequest{ID: id, Questions: input.details(), Raw: raw}
}

func (q questions) details() []openapi.QuestionDetail {
	details := make([]openapi.QuestionDetail, len(q.Questions))
	for i, one := range q.Questions {
		details[i] = openapi.QuestionDetail{
			Question: one.Question, Header: one.Header, MultiSelect: one.MultiSelect, Options: []openapi.QuestionOption{},
		}
		for _, o := range one.Options {
			details[i].Options = append(details[i].Options, openapi.QuestionOption{Label: o.Label, Description: o.Description})
		}
	}
	return details
}

// askQuestions asks the user what the agent wants to know. Whoever does not want to answer denies the tool; the
// turn goes on without.
func (t *turn) askQuestions(id string, q toolRequest, raw []byte) error {
	input := readQuestions(q)
	if len(input.Questions) == 0 {
		t.conn.send(newRefusal(id, "no questions"))
		return nil
	}
	pending, err := t.host.AskQuestion(questionRequest(id, input, raw))
	if err != nil {
		return err
	}
	ask(t, id, pending, func(reply adapters.QuestionReply) decision {
		if reply.Rejected {
			return deny()
		}
		return allow(answered(q.Input, input, reply.Answers))
	})
	return nil
}

// answered is the tool's input with the answers in it, by the text of their questions.
func answered(raw json.RawMessage, input questions, answers [][]string) json.RawMessage {
	byQuestion := map[string]any{}
	for i, q := range input.Questions {
		if i < len(answers) && len(answers[i]) > 0 {
			byQuestion[q.Question] = labels(answers[i])
		}
	}
	fields := map[string]json.RawMessage{}
	_ = json.Unmarshal(raw, &fields)                // was read before
	fields["answers"], _ = json.Marshal(byQuestion) // strings: cannot fail
	updated, _ := json.Marshal(fields)              // raw JSON that was valid
	return updated
}

// labels is an answer as the program takes it: the label, or several joined. A list says what a comma within a
// label would hide; versions before 2.1 do not take one.
func labels(answer []string) any {
	if len(answer) > 1 && strings.Contains(strings.Join(answer, ""), ",") {
		return answer
	}
	return strings.Join(answer, ", ")
}

// The answers to a plan.
const (
	approve = "approve"
	reject  = "reject"
)

// askPlan asks whether the agent may do what it has planned. Approval ends plan mode, rejection lets it plan on.
func (t *turn) askPlan(id string, q toolRequest, raw []byte) error {
	pending, err := t.host.AskQuestion(t.conn.convert.planRequest(id, q, raw))
	if err != nil {
		return err
	}
	ask(t, id, pending, func(reply adapters.QuestionReply) decision {
		if reply.Rejected || len(reply.Answers) == 0 || len(reply.Answers[0]) == 0 {
			return deny()
		}
		switch said := reply.Answers[0][0]; {
		case strings.EqualFold(said, approve):
			mode := suggestion{"type": "setMode", "mode": t.afterPlan, "destination": "session"}
			return allow(q.Input, mode)
		case strings.EqualFold(said, reject):
			return deny()
		default: // what is to be different
			return decision{Behavior: "deny", Message: said}
		}
	})
	return nil
}

// planRequest asks about a plan. The program takes the plan's text out of its request when the model gave it, and puts
// it in when the model wrote it to a file.
func (c *converter) planRequest(id string, q toolRequest, raw []byte) adapters.QuestionRequest {
	var asked, called struct{ Plan string }
	_ = json.Unmarshal(q.Input, &asked) // a plan is not always given
	if call := c.calls[q.ToolUseID]; call != nil {
		_ = json.Unmarshal(call.input, &called)
	}
	question := "Approve plan execution?"
	if plan := cmp.Or(asked.Plan, called.Plan); plan != "" {
		question += "\n\n" + plan
	}
	return adapters.QuestionRequest{ID: id, Raw: raw, Questions: []openapi.QuestionDetail{{
		Question: question,
		Header:   "Plan",
		Options: []openapi.QuestionOption{
			{Label: approve, Description: "Leave plan mode and carry the plan out"},
			{Label: reject, Description: "Stay in plan mode"},
		},
	}}}
}
