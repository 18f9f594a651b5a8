package declared

import (
	"cmp"
	"errors"

	"github.com/parleyhq/parley/adapters/internal/protocol"
	"github.com/parleyhq/parley/adapters/internal/provider"
	"github.com/parleyhq/parley/openapi"
)

// ask calls the model once, and says what it says. What it was about to say when it is cut is kept.
func (t *turn) ask(b protocol.NextMessage, thread protocol.Thread) (answer, error) {
	model, err := t.model(thread.Model)
	if err != nil {
		return answer{}, err
	}
	p, id, err := t.providers.Find(model)
	if err != nil {
		return answer{}, err
	}
	request := t.requestOf(b, thread, id)
	s := t.newSpeech(b, thread)
	var noted error
	request.OnRetry = func(r provider.Retry) { noted = errors.Join(noted, t.retries(r)) }
	for part, err := range p.Stream(t.ctx, request) {
		if err = cmp.Or(err, noted); err != nil {
			return s.answer, errors.Join(err, s.cut())
		}
		if err := t.hear(s, part, model); err != nil {
			return s.answer, errors.Join(err, s.cut())
		}
	}
	return s.answer, nil
}

func (t *turn) hear(s *speech, part provider.Part, model string) error {
	switch p := part.(type) {
	case provider.Usage:
		return t.used(p, model)
	case provider.Finish:
		t.finish = p.Reason
		return s.end()
	}
	return s.add(part)
}

// retries tells of a request that is tried again.
func (t *turn) retries(r provider.Retry) error {
	return t.status("retry", r.Err.Error()+"; again in "+r.Wait.String())
}

// model is the name of a model, which a variable may hold.
func (t *turn) model(m protocol.Model) (string, error) {
	if m.Variable == "" {
		return m.String(), nil
	}
	value, _ := t.scope.lookup(m.Variable)
	name, ok := value.(string)
	if !ok {
		return "", faultf(codeValidation, "%s must name a model", m.Variable)
	}
	if _, err := protocol.ParseModel(name); err != nil {
		return "", faultf(codeValidation, "%s: %v", m.Variable, err)
	}
	return name, nil
}

// used adds to what the turn has used.
func (t *turn) used(u provider.Usage, model string) error {
	sum := t.state.run.usage
	sum.Model = model
	sum.InputTokens += u.Input
	sum.OutputTokens += u.Output
	sum.CacheReadTokens += u.CacheRead
	sum.CacheWriteTokens += u.CacheWrite
	sum.ReasoningTokens += u.Reasoning
	return t.emit(openapi.Usage{Data: sum})
}

// requestOf is what the model is asked: a function of the state and the definition.
func (t *turn) requestOf(b protocol.NextMessage, thread protocol.Thread, model string) provider.Request {
	r := provider.Request{
		Model: model, Messages: t.state.conversation(b.Thread), Temperature: thread.Temperature,
		Thinking: provider.Thinking(thread.Thinking),
	}
	if b.Thread == protocol.Main {
		r.System = t.render(thread.System, thread.Input)
	}
	for _, name := range thread.Tools {
		tool := t.agent.Tools[name]
		r.Tools = append(r.Tools, provider.Tool{
			Name: name, Description: tool.Description, Schema: protocol.Schema(tool.Parameters),
		})
	}
	if b.ResponseType != nil {
		schema, strict := protocol.StrictSchema(b.ResponseType)
		if !strict {
			schema = protocol.Schema(b.ResponseType)
		}
		r.Output = &provider.Output{Name: b.ResponseType.Name, Schema: schema}
	}
	return r
}
