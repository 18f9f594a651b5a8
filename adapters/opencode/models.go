package opencode

import (
	"context"
	"errors"
	"reflect"
	"slices"

	"github.com/parleyhq/parley/openapi"
)

// Models implements adapters.ModelLister. It starts a server where none runs. The models are those that can be used
// outside of any project.
func (a *Adapter) Models(ctx context.Context) (openapi.AgentModelsResponse, error) {
	p, err := a.programs.Find(ctx, "")
	if err != nil {
		return openapi.AgentModelsResponse{}, err
	}
	c, err := a.look(ctx, place{program: p.Path})
	if err != nil {
		return openapi.AgentModelsResponse{}, err
	}
	list := c.models
	list.Models = slices.Clone(list.Models)
	return list, nil
}

// known is the catalog of a place as it was read last; nil when it was not.
func (a *Adapter) known(at place) *catalog {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.catalogs[at]
}

// maxPlaces is how many catalogs are remembered. A forgotten one is read again.
const maxPlaces = 64

// remember keeps a catalog and gives the one that is kept: most places have the same, which may be large.
func (a *Adapter) remember(at place, c *catalog) *catalog {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, known := range a.catalogs {
		if reflect.DeepEqual(known, c) {
			c = known
			break
		}
	}
	for other := range a.catalogs {
		if len(a.catalogs) >= maxPlaces && other.directory != "" {
			delete(a.catalogs, other)
		}
	}
	a.catalogs[at] = c
	return c
}

// look gives the catalog of a place, for which it may start a server.
func (a *Adapter) look(ctx context.Context, at place) (*catalog, error) {
	if c := a.known(at); c != nil {
		return c, nil
	}
	return a.read(ctx, at)
}

// read reads the catalog of a place anew.
func (a *Adapter) read(ctx context.Context, at place) (*catalog, error) {
	l, err := a.launch(at.program, nil, nil)
	if err != nil {
		return nil, err
	}
	s, err := a.pool.acquire(ctx, l)
	if err != nil {
		return nil, err
	}
	directory := at.directory
	if directory == "" {
		directory = a.home()
	}
	c, err := s.server.readCatalog(ctx, directory)
	if err = errors.Join(err, a.pool.release(context.WithoutCancel(ctx), s)); err != nil {
		return nil, err
	}
	return a.remember(at, c), nil
}
