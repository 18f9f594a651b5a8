package claude

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/parleyhq/parley/adapters/internal/proc"
	"github.com/parleyhq/parley/adapters/internal/program"
	"github.com/parleyhq/parley/openapi"
)

// defaultModel leaves the choice to Claude Code, that is to the user's account and settings.
const defaultModel = "default"

// modelsPatience bounds how long a program may take to tell its models. It takes half a second.
const modelsPatience = 30 * time.Second

// Models implements adapters.ModelLister. It starts the program once; where that cannot be done the list is the
// names that every version knows, and it is tried again the next time.
func (a *Adapter) Models(ctx context.Context) (openapi.AgentModelsResponse, error) {
	p, err := a.programs.Find(ctx, "")
	if err != nil {
		return knownModels(), nil
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	p.Version = a.programs.Version(ctx, p)
	if list, ok := a.models[p]; ok {
		return list, nil
	}
	list, err := a.askModels(ctx, p)
	if err != nil {
		a.config.Log.Warn("models not listed", "error", err)
		return knownModels(), nil
	}
	a.models[p] = list
	return list, nil
}

func knownModels() openapi.AgentModelsResponse {
	list := openapi.AgentModelsResponse{DefaultModel: defaultModel}
	for _, m := range []struct{ id, name string }{
		{defaultModel, "Default"}, {"sonnet", "Sonnet"}, {"opus", "Opus"}, {"haiku", "Haiku"},
	} {
		list.Models = append(list.Models, openapi.AgentModel{ID: m.id, Name: m.name})
	}
	return list
}

// modelLine is the answer to initialize, as far as it is about models.
type modelLine struct {
	Type     string `json:"type"`
	Response struct {
		Error    string `json:"error"`
		Response struct {
			Models []struct {
				Value       string   `json:"value"`
				DisplayName string   `json:"displayName"`
				Efforts     []string `json:"supportedEffortLevels"`
			} `json:"models"`
		} `json:"response"`
	} `json:"response"`
}

var errNoModels = errors.New("Claude Code told no models")

// askModels starts a program, which says what it can do when it is asked to, and ends it.
func (a *Adapter) askModels(ctx context.Context, p program.Program) (openapi.AgentModelsResponse, error) {
	ctx, cancel := context.WithTimeout(ctx, modelsPatience)
	defer cancel()
	process, err := proc.Start(ctx, proc.Spec{
		Path: p.Path, Env: a.forProgram(), Dir: os.TempDir(),
		Args: []string{"-p", "--verbose", "--input-format", "stream-json", "--output-format", "stream-json", "--no-session-persistence"},
	})
	if err != nil {
		return openapi.AgentModelsResponse{}, err
	}
	stop := context.AfterFunc(ctx, func() { _ = process.Stop(ctx, 0) }) // ends the reading too
	defer stop()
	list, err := readModels(process)
	return list, errors.Join(err, process.Stop(context.Background(), a.config.StopGrace))
}

func readModels(process *proc.Process) (list openapi.AgentModelsResponse, err error) {
	if err := process.Send(newControlLine("parley_models", "initialize")); err != nil {
		return list, err
	}
	for {
		raw, err := process.ReadLine()
		if bad := (*proc.LineError)(nil); errors.As(err, &bad) {
			continue
		}
		if err != nil {
			return list, fmt.Errorf("%w: %w: %s", errNoModels, err, process.Stderr().Last())
		}
		var l modelLine
		if ignoreShape(json.Unmarshal(raw, &l)) != nil || l.Type != "control_response" {
			continue
		}
		if list = l.models(); len(list.Models) == 0 {
			return list, fmt.Errorf("%w: %s", errNoModels, l.Response.Error)
		}
		return list, nil
	}
}

func (l *modelLine) models() openapi.AgentModelsResponse {
	list := openapi.AgentModelsResponse{DefaultModel: defaultModel}
	seen := map[string]bool{"": true}
	for _, m := range l.Response.Response.Models {
		if !seen[m.Value] {
			seen[m.Value] = true
			list.Models = append(list.Models, openapi.AgentModel{ID: m.Value, Name: m.DisplayName, Variants: m.Efforts})
		}
	}
	if len(list.Models) > 0 && !seen[defaultModel] {
		list.Models = append([]openapi.AgentModel{{ID: defaultModel, Name: "Default"}}, list.Models...)
	}
	return list
}
