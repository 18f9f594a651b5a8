package amp

import (
	"context"
	"slices"

	"github.com/parleyhq/parley/openapi"
)

// defaultModel is the one model: which models work on a message is Amp's to choose, by the variant.
const defaultModel = "amp-default"

// variants are Amp's own agent modes.
var variants = []string{"low", "medium", "high", "ultra"}

func known(variant string) bool { return variant == "" || slices.Contains(variants, variant) }

// usualVariant is what Amp takes when it is told none.
const usualVariant = "medium"

// Models implements adapters.ModelLister. The program tells none.
func (a *Adapter) Models(context.Context) (openapi.AgentModelsResponse, error) {
	return openapi.AgentModelsResponse{DefaultModel: defaultModel, Models: []openapi.AgentModel{
		{ID: defaultModel, Name: "Amp Default", Variants: slices.Clone(variants), DefaultVariant: usualVariant},
	}}, nil
}
