package codex

import (
	"github.com/parleyhq/parley/adapters"
	"github.com/parleyhq/parley/adapters/internal/jsonrpc"
	"github.com/parleyhq/parley/openapi"
)

type nativeQuestion struct {
	ID       string `json:"id"`
	Header   string `json:"header"`
	Question string `json:"question"`
	IsSecret bool   `json:"isSecret"`
	Options  []struct {
		Label       string `json:"label"`
		Description string `json:"description"`
	} `json:"options"`
}

type answers struct {
	Answers map[string]answer `json:"answers"`
}

type answer struct {
	Answers []string `json:"answers"`
}

// askQuestions asks the user what the agent wants to know. Who does not want to answer gives no answers; the turn goes on
// without.
func (t *turn) askQuestions(m jsonrpc.Message, q asked) error {
	none := q.answered(nil)
	if len(q.Questions) == 0 || t.interrupted {
		t.conn.rpc.Reply(m.ID, none)
		return nil
	}
	pending, err := t.host.AskQuestion(q.questionRequest(t.conn.requestID(m.ID), m.Raw))
	if err != nil {
		return err
	}
	ask(t, m, pending, func(reply adapters.QuestionReply) any {
		if reply.Rejected {
			return none
		}
		return q.answered(reply.Answers)
	}, none)
	return nil
}

// questionRequest is what the user is asked. Every question may be answered in other words than its options have. That an
// answer is a secret stands in the header, for it will be read in the session's log.
func (q asked) questionRequest(id string, raw []byte) adapters.QuestionRequest {
	r := adapters.QuestionRequest{ID: id, Raw: raw}
	for _, one := range q.Questions {
		d := openapi.QuestionDetail{Question: one.Question, Header: one.Header, Options: []openapi.QuestionOption{}}
		if one.IsSecret {
			d.Header += " (secret)"
		}
		for _, o := range one.Options {
			d.Options = append(d.Options, openapi.QuestionOption{Label: o.Label, Description: o.Description})
		}
		r.Questions = append(r.Questions, d)
	}
	return r
}

// answered gives the answers by the names of their questions.
func (q asked) answered(replies [][]string) answers {
	given := answers{map[string]answer{}}
	for i, one := range q.Questions {
		if i < len(replies) && len(replies[i]) > 0 {
			given.Answers[one.ID] = answer{replies[i]}
		}
	}
	return given
}
