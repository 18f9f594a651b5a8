package mock

import (
	"context"
	"strings"

	"github.com/parleyhq/parley/adapters"
	"github.com/parleyhq/parley/openapi"
)

// A script is what the agent does in one turn.
type script []step

// A step is one thing that it does.
type step func(*turn) error

// say emits an output.
func say(o openapi.Output) step {
	return func(t *turn) error {
		if err := t.emit(o); err != nil {
			return err
		}
		return t.pause(t.delay)
	}
}

// permission asks for a permission. The script goes on.
func permission(r adapters.PermissionRequest) step {
	return func(t *turn) error {
		if err := t.ctx.Err(); err != nil {
			return err
		}
		pending, err := t.host.AskPermission(r)
		return t.waits(err, func() error { return answer(t.ctx, pending) })
	}
}

// question asks a question. The script goes on.
func question(r adapters.QuestionRequest) step {
	return func(t *turn) error {
		if err := t.ctx.Err(); err != nil {
			return err
		}
		pending, err := t.host.AskQuestion(r)
		return t.waits(err, func() error { return answer(t.ctx, pending) })
	}
}

// waits keeps a request that was asked for the step answers.
func (t *turn) waits(err error, wait func() error) error {
	if err != nil {
		return err
	}
	t.asked = append(t.asked, wait)
	return t.pause(t.delay)
}

func answer[T any](ctx context.Context, p adapters.Pending[T]) error {
	_, err := p.Wait(ctx)
	return err
}

// answers waits for the answers to all that was asked. What an interrupt leaves unanswered is withdrawn.
func answers(t *turn) error {
	var first error
	for _, wait := range t.asked {
		if err := wait(); first == nil {
			first = err
		}
	}
	t.asked = nil
	return first
}

// choose finds the script of a message. p begins the native ids of all that is in it.
func choose(p, text string) script {
	text = strings.TrimSpace(text)
	if s, ok := sentences[strings.ToLower(text)]; ok {
		return s(p)
	}
	words := strings.Fields(text)
	if len(words) == 0 {
		return nil
	}
	command, rest := strings.ToLower(words[0]), words[1:]
	if s, ok := commands[command]; ok {
		return s(p)
	}
	if s, ok := loads[command]; ok {
		if s := s(p, rest); s != nil {
			return s
		}
	}
	if command == "echo" || command == "say" {
		return echo(p, rest)
	}
	return message(p+"_reply", text)
}
