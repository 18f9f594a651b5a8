package opencode

import (
	"github.com/parleyhq/parley/adapters"
	"github.com/parleyhq/parley/openapi"
)

// askQuestion asks the user what the agent wants to know. Who does not want to answer rejects it; the turn goes on without.
func (t *turn) askQuestion(r *request, raw []byte) {
	if t.requests[r.ID] != nil || t.failed != nil {
		return
	}
	one := &asked{request: r}
	t.requests[r.ID] = one
	path := "/question/" + r.ID
	if len(r.Questions) == 0 {
		t.answer(r.ID, path+"/reject", nil)
		return
	}
	pending, err := t.host.AskQuestion(questionRequest(r, raw))
	if err != nil {
		t.fail(err)
		return
	}
	await(t, one, pending, func(reply adapters.QuestionReply) decision {
		if reply.Rejected {
			return decision{id: r.ID, path: path + "/reject"}
		}
		return decision{id: r.ID, path: path + "/reply", body: map[string]any{"answers": answers(r, reply.Answers)}}
	})
}

func questionRequest(r *request, raw []byte) adapters.QuestionRequest {
	details := make([]openapi.QuestionDetail, len(r.Questions))
	for i, q := range r.Questions {
		details[i] = openapi.QuestionDetail{Question: q.Question, Header: q.Header, MultiSelect: q.Multiple, Options: []openapi.QuestionOption{}}
		for _, o := range q.Options {
			details[i].Options = append(details[i].Options, openapi.QuestionOption{Label: o.Label, Description: o.Description})
		}
	}
	return adapters.QuestionRequest{ID: r.ID, Questions: details, Raw: raw}
}

// answers has a list for each question, which is empty where it was not answered.
func answers(r *request, given [][]string) [][]string {
	all := make([][]string, len(r.Questions))
	for i := range all {
		all[i] = []string{}
		if i < len(given) && given[i] != nil {
			all[i] = given[i]
		}
	}
	return all
}
