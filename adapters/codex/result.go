package codex

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/parleyhq/parley/openapi"
)

// encode writes JSON for people: without escapes for browsers. It gets maps of strings, numbers and JSON that was read
// before, which cannot fail.
func encode(value any) json.RawMessage {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(value)
	return bytes.TrimSpace(b.Bytes())
}

func jsonPart(value any) openapi.Part { return openapi.JSONPart{JSON: encode(value)} }

func output(text string) []openapi.Part { return []openapi.Part{openapi.ToolResultPart{Output: text}} }

// arguments are a call's own.
func arguments(i *item) any {
	if isNull(i.Arguments) {
		return struct{}{}
	}
	return i.Arguments
}

func commandInput(i *item) any { return map[string]any{"command": i.Command, "cwd": i.Cwd} }

// commandResult is what a command printed and how it ended.
func commandResult(i *item) []openapi.Part {
	text, exit := i.Output, map[string]any{}
	if i.ExitCode != nil {
		exit["exit_code"] = *i.ExitCode
	}
	if i.Status == "declined" {
		text, exit["declined"] = cmp.Or(text, "Permission denied."), true
	}
	if len(exit) == 0 {
		return output(text)
	}
	return append(output(text), jsonPart(exit))
}

// mcpResult is the answer of a tool of a server.
func mcpResult(i *item) []openapi.Part {
	if i.Error != nil {
		return output(i.Error.Message)
	}
	var result struct {
		Content    json.RawMessage `json:"content"`
		Structured json.RawMessage `json:"structuredContent"`
	}
	_ = json.Unmarshal(i.Result, &result) // no answer, no content
	parts := output(readContent(result.Content))
	if !isNull(result.Structured) {
		parts = append(parts, openapi.JSONPart{JSON: result.Structured})
	}
	return parts
}

func contentResult(i *item) []openapi.Part { return output(readContent(i.ContentItems)) }

func functionResult(i *item) []openapi.Part {
	return output(cmp.Or(stringOf(i.FunctionValue), readContent(i.FunctionValue)))
}

// readContent joins the texts of a list of content. What is no text is named, or shown as it came.
func readContent(content json.RawMessage) string {
	var pieces []json.RawMessage
	_ = json.Unmarshal(content, &pieces) // none
	var texts []string
	for _, raw := range pieces {
		var p struct {
			Type string  `json:"type"`
			Text *string `json:"text"`
			Mime string  `json:"mimeType"`
		}
		_ = json.Unmarshal(raw, &p) // shown as it came
		switch {
		case p.Text != nil:
			texts = append(texts, *p.Text)
		case strings.Contains(strings.ToLower(p.Type), "image"):
			texts = append(texts, fmt.Sprintf("[image %s]", p.Mime))
		default:
			texts = append(texts, string(raw))
		}
	}
	return strings.Join(texts, "\n")
}

func agentInput(i *item) any {
	input := map[string]any{}
	if i.Prompt != "" {
		input["prompt"] = i.Prompt
	}
	if len(i.Receivers) > 0 {
		input["threads"] = i.Receivers
	}
	return input
}

// agentResult says how the subagents are that a call was about.
func agentResult(i *item) []openapi.Part {
	var states map[string]struct {
		Status  string `json:"status"`
		Message string `json:"message"`
	}
	_ = json.Unmarshal(i.AgentStates, &states) // none
	var lines []string
	for _, thread := range sortedKeys(states) {
		lines = append(lines, joined(thread+": "+states[thread].Status, states[thread].Message))
	}
	return output(strings.Join(lines, "\n"))
}

func searchInput(i *item) any {
	input := map[string]any{"query": i.Query}
	if !isNull(i.Action) {
		input["action"] = i.Action
	}
	return input
}

func searchResult(i *item) []openapi.Part {
	if isNull(i.Results) {
		return output("")
	}
	return append(output(readContent(i.Results)), openapi.JSONPart{JSON: i.Results})
}

// imageResult names the image. It is not kept: it is in its file.
func imageResult(i *item) []openapi.Part {
	path := cmp.Or(i.SavedPath, i.Path)
	if path == "" {
		return output("[image]")
	}
	return append(output("[image]"), openapi.ImagePart{Path: path})
}
