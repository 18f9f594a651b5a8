package terminal

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/parleyhq/parley/openapi"
)

// permission asks whether the agent may do something.
func (p *person) permission(ctx context.Context, d openapi.PermissionRequestedData) (openapi.PermissionReply, error) {
	if p.policy != "" {
		return p.policy, nil
	}
	p.notes.line(p.notes.paint.yellow, "? "+flat(d.Action, 80)+" needs your permission")
	for _, fact := range facts(d.Metadata) {
		p.notes.line(p.notes.paint.plain, "  "+fact)
	}
	p.keyboard.forget()
	for {
		text, err := p.line(ctx, "  allow? [y]es, [a]lways in this session, [n]o: ")
		if err != nil {
			return "", err
		}
		switch strings.ToLower(strings.TrimSpace(text)) {
		case "y", "yes":
			return openapi.PermissionReplyOnce, nil
		case "a", "always":
			return openapi.PermissionReplyAlways, nil
		case "n", "no", "":
			return openapi.PermissionReplyReject, nil
		}
	}
}

// question asks what the agent wants to know.
func (p *person) question(ctx context.Context, d openapi.QuestionRequestedData) ([][]string, error) {
	var answers [][]string
	any := false
	for _, q := range questionsOf(d) {
		p.put(q)
		p.keyboard.forget()
		text, err := p.line(ctx, "  "+howToAnswer(q))
		if err != nil {
			return nil, err
		}
		answer := choose(q, text)
		any = any || len(answer) > 0
		answers = append(answers, answer)
	}
	if !any {
		return nil, nil
	}
	return answers, nil
}

// put shows a question with its options.
func (p *person) put(q openapi.QuestionDetail) {
	prompt := q.Question
	if q.Header != "" {
		prompt = q.Header + ": " + prompt
	}
	p.notes.line(p.notes.paint.yellow, "? "+clean(prompt))
	for i, o := range q.Options {
		p.notes.say(p.notes.paint.bold, fmt.Sprintf("  %d %s", i+1, flat(o.Label, 200)))
		if o.Description != "" {
			p.notes.say(p.notes.paint.dim, "  "+flat(o.Description, 300))
		}
		p.notes.newline()
	}
}

func howToAnswer(q openapi.QuestionDetail) string {
	switch {
	case len(q.Options) == 0:
		return "answer (nothing = none): "
	case q.MultiSelect:
		return "numbers with commas, or a text (nothing = none): "
	}
	return "number or text (nothing = none): "
}

// questionsOf are all questions of a request.
func questionsOf(d openapi.QuestionRequestedData) []openapi.QuestionDetail {
	if len(d.Questions) > 0 {
		return d.Questions
	}
	q := openapi.QuestionDetail{Question: d.Prompt}
	for _, label := range d.Options {
		q.Options = append(q.Options, openapi.QuestionOption{Label: label})
	}
	return []openapi.QuestionDetail{q}
}

// choose finds what a text means: the labels of options, their numbers, or a text of one's own.
func choose(q openapi.QuestionDetail, text string) []string {
	if text = strings.TrimSpace(text); text == "" {
		return []string{}
	}
	if label, ok := option(q, text); ok || !q.MultiSelect {
		return []string{label}
	}
	var labels []string
	for piece := range strings.SplitSeq(text, ",") {
		label, ok := option(q, strings.TrimSpace(piece))
		if !ok {
			return []string{text}
		}
		labels = append(labels, label)
	}
	return labels
}

// option finds an option by its label or its number. Without one the text is the answer.
func option(q openapi.QuestionDetail, text string) (string, bool) {
	for _, o := range q.Options {
		if strings.EqualFold(o.Label, text) {
			return o.Label, true
		}
	}
	if n, err := strconv.Atoi(text); err == nil && n >= 1 && n <= len(q.Options) {
		return q.Options[n-1].Label, true
	}
	return text, false
}
