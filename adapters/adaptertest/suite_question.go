package adaptertest

import (
	"testing"

	"github.com/parleyhq/parley/adapters"
	"github.com/parleyhq/parley/openapi"
)

var questionTopics = []topic{
	{"question answered", question, questionAnswered},
	{"question answered in own words", question, questionOwnWords},
	{"question unanswered", question, questionUnanswered},
	{"question rejected", question, questionRejected},
	{"several questions", func(m Messages) string { return m.Questions }, severalQuestions},
}

func question(m Messages) string { return m.Question }

func questionAnswered(t *testing.T, s Subject) {
	run := open(t, s)
	turn := run.turn(t, s.Say.Question)
	data := asked(t, turn)
	if len(data.Options) == 0 {
		t.Fatal("the question has no options")
	}
	run.answered(t, turn, data, [][]string{{data.Options[len(data.Options)-1]}})
}

func questionOwnWords(t *testing.T, s Subject) {
	run := open(t, s)
	turn := run.turn(t, s.Say.Question)
	run.answered(t, turn, asked(t, turn), [][]string{{"neither \"of\" them"}})
}

// questionUnanswered is a reply without an answer.
func questionUnanswered(t *testing.T, s Subject) {
	run := open(t, s)
	turn := run.turn(t, s.Say.Question)
	run.answered(t, turn, asked(t, turn), [][]string{})
}

func questionRejected(t *testing.T, s Subject) {
	run := open(t, s)
	turn := run.turn(t, s.Say.Question)
	id := asked(t, turn).QuestionID
	if err := run.host.RejectQuestion(id); err != nil {
		t.Fatal(err)
	}
	said := run.ends(t, turn, openapi.TurnStatusCompleted, openapi.TurnStatusInterrupted)
	run.waited(t, id)
	run.heard(t, adapters.QuestionReply{Rejected: true}, said)
	run.works(t)
}

// severalQuestions come in one request and are answered each, with all options where several may be chosen.
func severalQuestions(t *testing.T, s Subject) {
	run := open(t, s)
	turn := run.turn(t, s.Say.Questions)
	data := asked(t, turn)
	if len(data.Questions) < 2 {
		t.Fatalf("the request has %d questions, want several", len(data.Questions))
	}
	var answers [][]string
	for _, q := range data.Questions {
		var labels []string
		for _, o := range q.Options {
			if len(labels) == 0 || q.MultiSelect {
				labels = append(labels, o.Label)
			}
		}
		answers = append(answers, labels)
	}
	run.answered(t, turn, data, answers)
}

// asked waits for the turn's question.
func asked(t *testing.T, turn *Turn) openapi.QuestionRequestedData {
	t.Helper()
	requested := turn.AwaitType(t, openapi.EventQuestionRequested, 1)
	Valid(t, requested)
	data := requested.Data.(openapi.QuestionRequestedData)
	if data.Prompt == "" {
		t.Error("the question asks nothing")
	}
	return data
}

func (s *session) answered(t *testing.T, turn *Turn, data openapi.QuestionRequestedData, answers [][]string) {
	t.Helper()
	if err := s.host.AnswerQuestion(data.QuestionID, answers); err != nil {
		t.Fatal(err)
	}
	said := s.ends(t, turn, openapi.TurnStatusCompleted)
	s.waited(t, data.QuestionID)
	s.heard(t, adapters.QuestionReply{Answers: answers}, said)
	s.works(t)
}

func (s *session) heard(t *testing.T, reply adapters.QuestionReply, said []openapi.Output) {
	t.Helper()
	if s.HeardQuestion != nil && !s.HeardQuestion(reply, said) {
		t.Errorf("the reply %+v has not reached the agent; the turn:\n%s", reply, print(Events(said)))
	}
}
