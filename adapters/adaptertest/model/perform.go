package model

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// errDrop tells the handler to drop the connection.
var errDrop = errors.New("drop the connection")

// defaultUsage is what a response reports that no usage instruction stands in.
var defaultUsage = usage{input: 100, output: 10}

// performance is the playing of a script's due steps.
type performance struct {
	server *Server
	place  string // the conversation and the place in it, for errors that are counted
	result string
	tools  toolbox
	answer answer
	over   bool // the response has ended
}

func (s *Server) perform(ctx context.Context, r Request, sc script, tools toolbox, a answer) error {
	p := &performance{server: s, result: sc.result, tools: tools, answer: a}
	p.place = fmt.Sprintf("%s %s %v", r.name(), sc.place, sc.steps)
	for _, act := range sc.acts() {
		if err := p.act(ctx, act); err != nil {
			return err
		}
		if p.over {
			return a.flush()
		}
	}
	a.end()
	return a.flush()
}

func (sc script) acts() []any {
	var acts []any
	for _, s := range sc.steps {
		acts = append(acts, s.acts()...)
	}
	return acts
}

// usage is what the response reports.
func (sc script) usage() usage {
	out := defaultUsage
	for _, act := range sc.acts() {
		if u, ok := act.(usage); ok {
			out = u
		}
	}
	return out
}

func (p *performance) act(ctx context.Context, act any) error {
	switch act := act.(type) {
	case spoken:
		return p.speak(ctx, act)
	case echo:
		return p.speak(ctx, say("done: "+p.result))
	case call:
		return p.call(act)
	case failure:
		return p.fail(ctx, act)
	case cut:
		return p.cut(ctx, act)
	case hang:
		_ = p.answer.flush()
		return p.wait(ctx, nil)
	}
	return nil
}

func (p *performance) speak(ctx context.Context, s spoken) error {
	p.answer.open(block{thinking: s.thinking, raw: s.raw})
	for i, piece := range s.pieces {
		if s.pause > 0 {
			if err := p.answer.flush(); err != nil {
				return err
			}
			if i > 0 {
				if err := p.wait(ctx, time.After(s.pause)); err != nil {
					return err
				}
			}
		}
		p.answer.delta(piece)
	}
	p.answer.close()
	return p.answer.flush()
}

func (p *performance) call(c call) error {
	tool, input := p.tools(c)
	text, err := inputText(input)
	if err != nil {
		return err
	}
	p.answer.open(block{tool: tool})
	for _, piece := range halves(text) {
		p.answer.delta(piece)
	}
	p.answer.close()
	return p.answer.flush()
}

func inputText(input any) (string, error) {
	if text, ok := input.(freeform); ok {
		return string(text), nil
	}
	encoded, err := json.Marshal(input)
	return string(encoded), err
}

func (p *performance) fail(ctx context.Context, f failure) error {
	if p.failsAgain(f.times) {
		p.over = true
		p.answer.fail(f.status, f.text)
		return nil
	}
	return p.speak(ctx, say(fmt.Sprintf("recovered after %d errors", f.times)))
}

// readingTime is for the client to read what came before a cut: many throw it away when both come together.
const readingTime = 100 * time.Millisecond

func (p *performance) cut(ctx context.Context, c cut) error {
	again := p.failsAgain(c.times)
	if !again {
		return p.speak(ctx, say(c.text))
	}
	p.answer.open(block{})
	for _, piece := range halves(c.text) {
		p.answer.delta(piece)
	}
	if err := p.answer.flush(); err != nil {
		return err
	}
	if err := p.wait(ctx, time.After(readingTime)); err != nil {
		return err
	}
	return errDrop
}

// failsAgain counts one more attempt at this place and says whether it fails, which the first ones do, or all for 0.
func (p *performance) failsAgain(times int) bool {
	n := p.server.failure(p.place)
	return times == 0 || n <= times
}

// wait ends with done, and with an error when the client leaves or the server closes.
func (p *performance) wait(ctx context.Context, done <-chan time.Time) error {
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	case <-p.server.closing:
		return errDrop
	}
}
