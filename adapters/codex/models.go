package codex

import (
	"context"
	"errors"
	"os"
	"slices"
	"time"

	"github.com/parleyhq/parley/adapters/internal/jsonrpc"
	"github.com/parleyhq/parley/adapters/internal/program"
	"github.com/parleyhq/parley/openapi"
)

// modelsPatience bounds how long a program may take to tell its models. It takes half a second.
const modelsPatience = 30 * time.Second

// Models implements adapters.ModelLister. It starts the program once; where that cannot be done it is tried again the
// next time. The first model leaves the choice to Codex.
func (a *Adapter) Models(ctx context.Context) (openapi.AgentModelsResponse, error) {
	p, err := a.programs.Find(ctx, "")
	if err != nil {
		return openapi.AgentModelsResponse{}, err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	p.Version = a.programs.Version(ctx, p)
	if list, ok := a.models[p]; ok {
		return list, nil
	}
	native, err := a.askModels(ctx, p)
	list := openapi.AgentModelsResponse{DefaultModel: defaultModel, Models: []openapi.AgentModel{{ID: defaultModel, Name: "Default"}}}
	if err != nil {
		a.config.Log.Warn("models not listed", "error", err)
		return list, nil
	}
	for _, m := range native {
		list.Models = append(list.Models, openapi.AgentModel{
			ID: m.ID, Name: m.DisplayName, Variants: m.efforts(), DefaultVariant: m.DefaultEffort,
		})
	}
	a.models[p] = list
	return list, nil
}

// askModels starts a process, which says what it can do when it is asked to, and ends it.
func (a *Adapter) askModels(ctx context.Context, p program.Program) ([]nativeModel, error) {
	ctx, cancel := context.WithTimeout(ctx, modelsPatience)
	defer cancel()
	rpc, err := a.launch(ctx, p.Path, os.TempDir())
	if err != nil {
		return nil, err
	}
	_, err = a.greet(ctx, rpc)
	var models []nativeModel
	if err == nil {
		models, err = listModels(ctx, rpc)
	}
	return models, errors.Join(err, rpc.Stop(context.Background()))
}

// maxModelPages bounds a list that has no end.
const maxModelPages = 100

func listModels(ctx context.Context, rpc *jsonrpc.Conn) (all []nativeModel, err error) {
	cursor := ""
	for range maxModelPages {
		var page modelListAnswer
		if err := rpc.Call(ctx, "model/list", modelListParams{cursor}, &page); err != nil {
			return nil, err
		}
		for _, m := range page.Data {
			if m.ID != "" && !slices.ContainsFunc(all, func(o nativeModel) bool { return o.ID == m.ID }) {
				all = append(all, m)
			}
		}
		if cursor = page.NextCursor; cursor == "" {
			break
		}
	}
	return all, nil
}

func (m nativeModel) efforts() []string {
	all := []string{}
	for _, e := range m.Efforts {
		all = append(all, e.Effort)
	}
	return all
}
