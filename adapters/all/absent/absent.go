// Package absent describes the agents that this version of Parley knows and cannot drive yet. An agent moves out of here into
// a folder of its own below adapters.
package absent

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/parleyhq/parley/adapters"
	"github.com/parleyhq/parley/openapi"
)

// Adapter stands for an agent that cannot be driven yet. It is listed as not installed.
type Adapter struct {
	info   adapters.Info
	models []openapi.AgentModel // where they are known without the program
}

var (
	_ adapters.Adapter     = (*Adapter)(nil)
	_ adapters.Preparer    = (*Adapter)(nil)
	_ adapters.ModelLister = (*Adapter)(nil)
)

// Info implements adapters.Adapter. What the caller gets is its own.
func (a *Adapter) Info(context.Context) adapters.Info {
	info := a.info
	info.Modes = slices.Clone(info.Modes)
	info.PermissionModes = maps.Clone(info.PermissionModes)
	return info
}

// Prepare implements adapters.Preparer: no session is created that could not take a message.
func (a *Adapter) Prepare(context.Context, adapters.Options) (adapters.Options, error) {
	return adapters.Options{}, a.refuse()
}

// Open implements adapters.Adapter.
func (a *Adapter) Open(context.Context, adapters.Options) (adapters.Agent, error) {
	return nil, a.refuse()
}

// Models implements adapters.ModelLister.
func (a *Adapter) Models(context.Context) (openapi.AgentModelsResponse, error) {
	if a.models == nil {
		return openapi.AgentModelsResponse{}, a.refuse()
	}
	return openapi.AgentModelsResponse{DefaultModel: a.info.DefaultModel, Models: slices.Clone(a.models)}, nil
}

func (a *Adapter) refuse() error {
	return fmt.Errorf("%w: this version of Parley cannot drive %s yet", adapters.ErrNotInstalled, a.info.ID)
}
