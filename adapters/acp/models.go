package acp

import (
	"cmp"
	"context"
	"errors"
	"os"
	"time"

	"github.com/parleyhq/parley/adapters"
	"github.com/parleyhq/parley/adapters/internal/program"
	"github.com/parleyhq/parley/openapi"
)

// defaultModel leaves the choice to the agent.
const defaultModel = "default"

// modelsPatience bounds how long a program may take to tell its models.
const modelsPatience = 30 * time.Second

// Models implements adapters.ModelLister. A program that was never started is started once, for a session in an empty
// directory that is then thrown away; where that cannot be done the list is the agent's default alone.
func (a *Adapter) Models(ctx context.Context) (openapi.AgentModelsResponse, error) {
	p, err := a.kind.find(ctx, "")
	if err != nil {
		return a.kind.before.models(), nil
	}
	a.listing.Lock()
	defer a.listing.Unlock()
	if f := a.facts(ctx, p); f.Told {
		return f.models(), nil
	}
	if err := a.ask(ctx, p); err != nil {
		a.config.Log.Warn("models not listed", "agent", a.config.ID, "error", err)
	}
	f := a.facts(ctx, p)
	return f.models(), nil
}

// ask lets a program tell what it can, which is then remembered.
func (a *Adapter) ask(ctx context.Context, p program.Program) error {
	ctx, cancel := context.WithTimeout(ctx, modelsPatience)
	defer cancel()
	dir, err := os.MkdirTemp("", "parley-acp-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	process, err := a.start(ctx, p, dir)
	if err != nil {
		return err
	}
	_, err = a.begin(ctx, a.connect(process, a.config.Log), p, adapters.Options{Directory: dir})
	return errors.Join(err, process.Stop(context.Background()))
}

func (f *facts) models() openapi.AgentModelsResponse {
	list := openapi.AgentModelsResponse{DefaultModel: defaultModel}
	seen := map[string]bool{"": true}
	own, effort := f.Session.model(), f.Session.effort()
	if own == nil {
		own = &selector{}
	}
	if !own.has(defaultModel) {
		own.values = append([]configValue{{Value: defaultModel, Name: "Default"}}, own.values...)
	}
	for _, v := range own.values {
		if seen[v.Value] {
			continue
		}
		seen[v.Value] = true
		model := openapi.AgentModel{ID: v.Value, Name: nameOf(v)}
		// How hard a model may think is told of the one that is chosen.
		if v.Value == defaultModel || v.Value == own.current {
			model.Variants = effort.names()
			model.DefaultVariant = effort.chosen()
		}
		list.Models = append(list.Models, model)
	}
	return list
}

func (s *selector) chosen() string { return cmp.Or(s, &selector{}).current }
