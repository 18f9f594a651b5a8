package provider

import (
	"github.com/openai/openai-go/v3"
	"github.com/openai/openai-go/v3/packages/param"
	"github.com/openai/openai-go/v3/shared"
)

func (p *openAIAPI) params(r Request) (openai.ChatCompletionNewParams, error) {
	params := openai.ChatCompletionNewParams{
		Model:           r.Model,
		Tools:           openAITools(r.Tools),
		ReasoningEffort: shared.ReasoningEffort(r.Thinking),
		StreamOptions:   openai.ChatCompletionStreamOptionsParam{IncludeUsage: param.NewOpt(true)},
	}
	if r.Temperature != nil {
		params.Temperature = param.NewOpt(*r.Temperature)
	}
	if r.MaxTokens > 0 {
		p.limit(&params, int64(r.MaxTokens+budgets[r.Thinking]))
	}
	if r.Output.isNative() {
		params.ResponseFormat.OfJSONSchema = openAIFormat(r.Output)
	}
	var err error
	params.Messages, err = p.messages(r)
	return params, err
}

// limit uses the name that OpenAI knows for all its models, or the one that all servers know.
func (p *openAIAPI) limit(params *openai.ChatCompletionNewParams, tokens int64) {
	if p.compatible {
		params.MaxTokens = param.NewOpt(tokens)
	} else {
		params.MaxCompletionTokens = param.NewOpt(tokens)
	}
}

func openAIFormat(o *Output) *shared.ResponseFormatJSONSchemaParam {
	return &shared.ResponseFormatJSONSchemaParam{JSONSchema: shared.ResponseFormatJSONSchemaJSONSchemaParam{
		Name: o.Name, Schema: o.Schema, Strict: param.NewOpt(isStrict(o.Schema)),
	}}
}

// openAITools gives schemas as they were written; the SDK's own field would lose their order.
func openAITools(tools []Tool) []openai.ChatCompletionToolUnionParam {
	var out []openai.ChatCompletionToolUnionParam
	for _, t := range tools {
		function := shared.FunctionDefinitionParam{Name: t.Name}
		if t.Description != "" {
			function.Description = param.NewOpt(t.Description)
		}
		function.SetExtraFields(map[string]any{"parameters": t.schema()})
		out = append(out, openai.ChatCompletionFunctionTool(function))
	}
	return out
}
