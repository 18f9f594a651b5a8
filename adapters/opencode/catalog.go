package opencode

import (
	"cmp"
	"context"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/parleyhq/parley/openapi"
)

// catalog is what can be used in a directory.
type catalog struct {
	models  openapi.AgentModelsResponse
	modes   []openapi.AgentMode
	windows map[string]int64 // tokens that a model takes, by provider/model
	agents  []listedAgent
}

type listedAgent struct {
	Name        string `json:"name"`
	Description string `json:"description"`
	Mode        string `json:"mode"` // primary, subagent or all
	Hidden      bool   `json:"hidden"`
	Permission  []rule `json:"permission"`
}

// providers are those that somebody is logged in to, with their models.
type providers struct {
	Providers []struct {
		ID     string                 `json:"id"`
		Name   string                 `json:"name"`
		Models map[string]listedModel `json:"models"`
	} `json:"providers"`
	Default map[string]string `json:"default"` // the model of each provider
}

type listedModel struct {
	Name     string         `json:"name"`
	Variants map[string]any `json:"variants"`
	Limit    struct {
		Context float64 `json:"context"`
	} `json:"limit"`
}

// configured is what the user has configured, as far as it decides which model is taken.
type configured struct {
	Model    string         `json:"model"`
	Provider map[string]any `json:"provider"`
}

// readCatalog asks a server what can be used in a directory.
func (s *server) readCatalog(ctx context.Context, directory string) (*catalog, error) {
	var agents []listedAgent
	var all providers
	var config configured
	for path, out := range map[string]any{"/agent": &agents, "/config/providers": &all, "/config": &config} {
		if err := s.call(ctx, http.MethodGet, path, directory, nil, out); err != nil {
			return nil, err
		}
	}
	c := &catalog{agents: agents, modes: modes(agents), windows: map[string]int64{}}
	for _, p := range all.Providers {
		for _, id := range slices.Sorted(maps.Keys(p.Models)) {
			m := p.Models[id]
			model := openapi.AgentModel{ID: p.ID + "/" + id, Name: cmp.Or(m.Name, id), Variants: slices.Sorted(maps.Keys(m.Variants))}
			c.models.Models = append(c.models.Models, model)
			c.windows[model.ID] = count(m.Limit.Context)
		}
	}
	c.models.DefaultModel = all.defaultModel(config)
	if c.model(c.models.DefaultModel) == nil {
		c.models.DefaultModel = ""
	}
	return c, nil
}

// defaultModel is the model that the program takes when it is told none: the configured one, else that of the first
// provider that is configured, else that of the first one.
func (p *providers) defaultModel(config configured) string {
	if config.Model != "" {
		return config.Model
	}
	for _, one := range p.Providers {
		if _, ok := config.Provider[one.ID]; ok || len(config.Provider) == 0 {
			return one.ID + "/" + p.Default[one.ID]
		}
	}
	return ""
}

func (c *catalog) model(id string) *openapi.AgentModel {
	for i := range c.models.Models {
		if c.models.Models[i].ID == id {
			return &c.models.Models[i]
		}
	}
	return nil
}

// rules are those of an agent, in the order in which they were made.
func (c *catalog) rules(agent string) []rule {
	for _, a := range c.agents {
		if a.Name == agent {
			return slices.Clone(a.Permission)
		}
	}
	return nil
}

// leads says whether a session can be an agent's. Those that only work for another cannot have one.
func (a listedAgent) leads() bool { return a.Mode != "subagent" && !a.Hidden }

// modes are the agents that a session can be of, build first. While they are not known they are those of every OpenCode,
// and a stand-in for the rest.
func modes(agents []listedAgent) []openapi.AgentMode {
	list := []openapi.AgentMode{
		{ID: modeBuild, Name: "Build", Description: "Works on the task"},
		{ID: modePlan, Name: "Plan", Description: "Plans and changes nothing"},
	}
	if agents == nil {
		return append(list, openapi.AgentMode{ID: "custom", Name: "Custom", Description: "An agent of OpenCode's own configuration, by its name"})
	}
	has := func(id string) bool {
		return slices.ContainsFunc(agents, func(a listedAgent) bool { return a.Name == id && a.leads() })
	}
	list = slices.DeleteFunc(list, func(m openapi.AgentMode) bool { return m.ID != modeBuild && !has(m.ID) })
	for _, a := range agents {
		if a.leads() && a.Name != modeBuild && a.Name != modePlan {
			list = append(list, openapi.AgentMode{ID: a.Name, Name: capitalized(a.Name), Description: a.Description})
		}
	}
	return list
}

func capitalized(name string) string {
	if name == "" {
		return name
	}
	return strings.ToUpper(name[:1]) + name[1:]
}
