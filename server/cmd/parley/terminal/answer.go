package terminal

import (
	"encoding/json"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/parleyhq/parley/openapi"
)

func newAnswer(t *terminal) *cobra.Command {
	return &cobra.Command{
		Use:   "answer SESSION QUESTION ANSWER...",
		Short: "Answer an agent's question",
		Long: `Answer an agent's question: with the label of an option, its number, or a text of your own. Where the agent asks several
questions at once, the first answer is to the first one, and so on. Several choices for one question are a JSON array, or
several answers where there is only that question.`,
		Example: `  parley answer refactoring question_1 Blue
  parley answer refactoring question_2 Blue '["Small", "Large"]'`,
		Args:              cobra.MinimumNArgs(3),
		ValidArgsFunction: t.completeRequest,
		RunE: func(cmd *cobra.Command, args []string) error {
			session, question := args[0], args[1]
			c, err := t.remote.client()
			if err != nil {
				return err
			}
			list, err := c.ListQuestions(cmd.Context(), session)
			if err != nil {
				return err
			}
			answers, err := answersTo(list, question, args[2:])
			if err == nil {
				err = c.ReplyQuestion(cmd.Context(), session, question, answers)
			}
			return t.done(cmd.OutOrStdout(), question+": answered", err)
		},
	}
}

// answersTo reads what was answered to the questions of a request. One that does not wait is for the server to refuse.
func answersTo(list openapi.QuestionListResponse, id string, texts []string) ([][]string, error) {
	var questions []openapi.QuestionDetail
	for _, q := range list.Questions {
		if q.Question.QuestionID == id {
			questions = questionsOf(q.Question)
		}
	}
	if len(questions) == 1 && len(texts) > 1 {
		return [][]string{labels(questions[0], texts)}, nil
	}
	if len(questions) > 0 && len(texts) > len(questions) {
		return nil, fmt.Errorf("there are %d questions, and %d answers", len(questions), len(texts))
	}
	answers := make([][]string, len(texts))
	for i, text := range texts {
		var q openapi.QuestionDetail
		if i < len(questions) {
			q = questions[i]
		}
		answers[i] = labels(q, choices(text))
	}
	return answers, nil
}

// choices reads a JSON array of texts, or one text.
func choices(text string) []string {
	var several []string
	if json.Unmarshal([]byte(text), &several) == nil && several != nil {
		return several
	}
	return []string{text}
}

func labels(q openapi.QuestionDetail, texts []string) []string {
	found := []string{}
	for _, text := range texts {
		if label, _ := option(q, text); label != "" {
			found = append(found, label)
		}
	}
	return found
}
