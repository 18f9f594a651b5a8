package provider

import (
	"cmp"
	"encoding/json"
	"regexp"
	"strconv"
	"strings"

	"github.com/anthropics/anthropic-sdk-go"
	"github.com/anthropics/anthropic-sdk-go/packages/param"
)

// answerTokens bounds an answer where the API demands a bound and nobody gave one. All models that are served take it,
// with the room for thinking.
const answerTokens = 16_384

func anthropicParams(r Request) (anthropic.MessageNewParams, error) {
	system, messages := leadingSystem(r)
	params := anthropic.MessageNewParams{
		Model:     r.Model,
		MaxTokens: int64(cmp.Or(r.MaxTokens, answerTokens) + budgets[r.Thinking]),
		Tools:     anthropicTools(r.Tools),
	}
	if system != "" {
		params.System = []anthropic.TextBlockParam{{Text: system}}
	}
	if r.Temperature != nil && r.Thinking == ThinkingNone {
		params.Temperature = param.NewOpt(*r.Temperature)
	}
	setAnthropicThinking(&params, r.Thinking)
	if r.Output.isNative() {
		params.OutputConfig.Format = anthropicFormat(r.Output.Schema)
	}
	var err error
	if params.Messages, err = anthropicMessages(messages); err != nil {
		return params, err
	}
	setCacheMarks(&params)
	return params, nil
}

// leadingSystem joins what the system says before anybody else.
func leadingSystem(r Request) (string, []Message) {
	texts := []string{r.System}
	for len(r.Messages) > 0 && r.Messages[0].Role == RoleSystem {
		texts = append(texts, r.Messages[0].text())
		r.Messages = r.Messages[1:]
	}
	return joinTexts(append(texts, r.Output.instructions())...), r.Messages
}

func anthropicTools(tools []Tool) []anthropic.ToolUnionParam {
	var out []anthropic.ToolUnionParam
	for _, t := range tools {
		tool := &anthropic.ToolParam{Name: t.Name, InputSchema: param.Override[anthropic.ToolInputSchemaParam](t.schema())}
		if t.Description != "" {
			tool.Description = param.NewOpt(t.Description)
		}
		out = append(out, anthropic.ToolUnionParam{OfTool: tool})
	}
	return out
}

// schema is sent as it was written: models give their answers in its order.
func (t Tool) schema() json.RawMessage {
	if t.Schema == nil {
		return json.RawMessage(`{"type":"object","properties":{}}`)
	}
	return t.Schema
}

func anthropicFormat(schema json.RawMessage) anthropic.JSONOutputFormatParam {
	return param.Override[anthropic.JSONOutputFormatParam](map[string]any{"type": "json_schema", "schema": schema})
}

// setAnthropicThinking asks for summaries: without that the newest models send signatures only.
func setAnthropicThinking(params *anthropic.MessageNewParams, thinking Thinking) {
	switch {
	case thinking == ThinkingNone:
	case thinksAdaptively(params.Model):
		params.Thinking.OfAdaptive = &anthropic.ThinkingConfigAdaptiveParam{Display: anthropic.ThinkingConfigAdaptiveDisplaySummarized}
		params.OutputConfig.Effort = anthropic.OutputConfigEffort(thinking)
	default:
		params.Thinking = anthropic.ThinkingConfigParamOfEnabled(int64(budgets[thinking]))
	}
}

// claudeVersion finds the version in ids like claude-opus-4-6, claude-sonnet-4-5-20250929 and claude-3-7-sonnet-latest.
var claudeVersion = regexp.MustCompile(`claude-(?:[a-z]+-)?(\d+)(?:[-.](\d{1,2}))?(?:\D|$)`)

// thinksAdaptively tells the models that take an effort from those that take a budget. Adaptive thinking came with 4.6;
// 4.7 and everything after it refuses a budget, and everything before 4.6 refuses the other.
func thinksAdaptively(model string) bool {
	found := claudeVersion.FindStringSubmatch(model)
	if found == nil {
		return strings.Contains(model, "claude-mythos")
	}
	major, _ := strconv.Atoi(found[1]) // digits
	minor, _ := strconv.Atoi(found[2]) // digits or nothing
	return major > 4 || major == 4 && minor >= 6
}

// setCacheMarks marks the two places up to which the next request will be the same: what never changes in a
// conversation, which is the tools and the system prompt, and its last message.
func setCacheMarks(params *anthropic.MessageNewParams) {
	mark := anthropic.NewCacheControlEphemeralParam()
	if n := len(params.System); n > 0 {
		params.System[n-1].CacheControl = mark
	} else if n := len(params.Tools); n > 0 {
		params.Tools[n-1].OfTool.CacheControl = mark
	}
	if n := len(params.Messages); n > 0 {
		content := params.Messages[n-1].Content
		if place := content[len(content)-1].GetCacheControl(); place != nil { // reasoning has none
			*place = mark
		}
	}
}
