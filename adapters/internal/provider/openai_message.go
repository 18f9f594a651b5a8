package provider

import (
	"encoding/base64"
	"strings"

	"github.com/openai/openai-go/v3"
	"github.com/openai/openai-go/v3/packages/param"
)

func (p *openAIAPI) messages(r Request) ([]openai.ChatCompletionMessageParamUnion, error) {
	var out []openai.ChatCompletionMessageParamUnion
	if system := joinTexts(r.System, r.Output.instructions()); system != "" {
		out = append(out, openai.SystemMessage(system))
	}
	running := runningFrom(r.Messages)
	for i, m := range r.Messages {
		switch m.Role {
		case RoleAssistant:
			out = append(out, p.assistant(m, i >= running)...)
		case RoleSystem:
			if text := m.text(); text != "" {
				out = append(out, openai.SystemMessage(text))
			}
		case RoleUser:
			said, err := openAIUser(m)
			if err != nil {
				return nil, err
			}
			out = append(out, said...)
		}
	}
	return out, nil
}

// runningFrom finds where the turn that is running begins, behind what the user said last.
func runningFrom(messages []Message) int {
	for i := len(messages) - 1; i >= 0; i-- {
		for _, p := range messages[i].Parts {
			if messages[i].Role == RoleUser && p.ToolResult == nil {
				return i + 1
			}
		}
	}
	return 0
}

// assistant gives reasoning back within the running turn only: there models go on with it, and some servers demand it;
// before that, servers drop it, and some refuse it.
func (p *openAIAPI) assistant(m Message, running bool) []openai.ChatCompletionMessageParamUnion {
	var said openai.ChatCompletionAssistantMessageParam
	if text := m.text(); text != "" {
		said.Content.OfString = param.NewOpt(text)
	}
	for _, part := range m.Parts {
		if part.ToolCall != nil {
			said.ToolCalls = append(said.ToolCalls, openAIToolCall(part.ToolCall))
		}
	}
	if param.IsOmitted(said.Content) && len(said.ToolCalls) == 0 {
		return nil
	}
	if thoughts := p.reasoning(m); running && len(thoughts) > 0 {
		said.SetExtraFields(thoughts)
	}
	return []openai.ChatCompletionMessageParamUnion{{OfAssistant: &said}}
}

// reasoning is in the field of the message that it came in.
func (p *openAIAPI) reasoning(m Message) map[string]any {
	fields := map[string]any{}
	for _, part := range m.Parts {
		if r := part.Reasoning; r != nil && r.Metadata.Provider == p.name && r.Metadata.Field != "" {
			before, _ := fields[r.Metadata.Field].(string)
			fields[r.Metadata.Field] = before + r.Text
		}
	}
	return fields
}

func openAIToolCall(c *ToolCall) openai.ChatCompletionMessageToolCallUnionParam {
	return openai.ChatCompletionMessageToolCallUnionParam{OfFunction: &openai.ChatCompletionMessageFunctionToolCallParam{
		ID:       c.ID,
		Function: openai.ChatCompletionMessageFunctionToolCallFunctionParam{Name: c.Name, Arguments: string(c.Arguments)},
	}}
}

// openAIUser makes a message of every tool result, and one of the rest: plain text where it can be, which all servers
// understand.
func openAIUser(m Message) ([]openai.ChatCompletionMessageParamUnion, error) {
	var out []openai.ChatCompletionMessageParamUnion
	var content []openai.ChatCompletionContentPartUnionParam
	files := false
	for _, p := range m.Parts {
		switch {
		case p.ToolResult != nil:
			out = append(out, openai.ToolMessage(openAIResult(p.ToolResult), p.ToolResult.CallID))
		case p.File != nil:
			part, err := openAIFile(p.File)
			if err != nil {
				return nil, err
			}
			content, files = append(content, part), true
		case strings.TrimSpace(p.Text) != "":
			content = append(content, openai.TextContentPart(p.Text))
		}
	}
	switch {
	case files:
		out = append(out, openai.UserMessage(content))
	case len(content) > 0:
		out = append(out, openai.UserMessage(m.text()))
	}
	return out, nil
}

// openAIResult says that a result is an error in words: the API has no other way.
func openAIResult(r *ToolResult) string {
	if r.IsError {
		return "Error: " + r.Text
	}
	return r.Text
}

func openAIFile(f *File) (openai.ChatCompletionContentPartUnionParam, error) {
	data := "data:" + f.MediaType + ";base64," + base64.StdEncoding.EncodeToString(f.Data)
	switch {
	case f.isPicture() && f.URL != "":
		return openai.ImageContentPart(openai.ChatCompletionContentPartImageImageURLParam{URL: f.URL}), nil
	case f.isPicture():
		return openai.ImageContentPart(openai.ChatCompletionContentPartImageImageURLParam{URL: data}), nil
	case f.isPDF() && f.URL == "":
		file := openai.ChatCompletionContentPartFileFileParam{FileData: param.NewOpt(data), Filename: param.NewOpt(f.name())}
		return openai.FileContentPart(file), nil
	case f.isPDF():
		return openai.ChatCompletionContentPartUnionParam{}, refuse("chat completions take a PDF by its content only, not by its address")
	}
	return openai.ChatCompletionContentPartUnionParam{}, refuse("chat completions take no files of type %q", f.MediaType)
}
