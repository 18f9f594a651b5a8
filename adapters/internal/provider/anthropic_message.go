package provider

import (
	"encoding/base64"
	"strings"

	"github.com/anthropics/anthropic-sdk-go"
)

// anthropicMessages leaves out messages without content, which the API refuses.
func anthropicMessages(messages []Message) ([]anthropic.MessageParam, error) {
	var out []anthropic.MessageParam
	for _, m := range messages {
		content, err := anthropicContent(m)
		if err != nil {
			return nil, err
		}
		switch {
		case len(content) == 0:
		case m.Role == RoleAssistant:
			out = append(out, anthropic.NewAssistantMessage(content...))
		default:
			out = append(out, anthropic.NewUserMessage(content...))
		}
	}
	return out, nil
}

func anthropicContent(m Message) ([]anthropic.ContentBlockParamUnion, error) {
	if text := m.text(); m.Role == RoleSystem && text != "" {
		return []anthropic.ContentBlockParamUnion{anthropic.NewTextBlock("<system>\n" + text + "\n</system>")}, nil
	}
	var out []anthropic.ContentBlockParamUnion
	for _, p := range m.Parts {
		switch {
		case p.Reasoning != nil:
			out = append(out, anthropicReasoning(p.Reasoning)...)
		case p.ToolCall != nil:
			out = append(out, anthropic.NewToolUseBlock(p.ToolCall.ID, p.ToolCall.Arguments, p.ToolCall.Name))
		case p.ToolResult != nil:
			out = append(out, anthropicResult(p.ToolResult))
		case p.File != nil:
			block, err := anthropicFile(p.File)
			if err != nil {
				return nil, err
			}
			out = append(out, block)
		case strings.TrimSpace(p.Text) != "":
			out = append(out, anthropic.NewTextBlock(p.Text))
		}
	}
	return out, nil
}

// anthropicReasoning gives back what Anthropic signed, and nothing else.
func anthropicReasoning(r *Reasoning) []anthropic.ContentBlockParamUnion {
	switch {
	case r.Metadata.Provider != anthropicName:
		return nil
	case r.Metadata.Redacted != "":
		return []anthropic.ContentBlockParamUnion{anthropic.NewRedactedThinkingBlock(r.Metadata.Redacted)}
	case r.Metadata.Signature != "":
		return []anthropic.ContentBlockParamUnion{anthropic.NewThinkingBlock(r.Metadata.Signature, r.Text)}
	}
	return nil
}

// anthropicResult leaves the content of an empty result away: a text without characters is refused.
func anthropicResult(r *ToolResult) anthropic.ContentBlockParamUnion {
	block := anthropic.NewToolResultBlock(r.CallID, r.Text, r.IsError)
	if strings.TrimSpace(r.Text) == "" {
		block.OfToolResult.Content = nil
	}
	return block
}

func anthropicFile(f *File) (anthropic.ContentBlockParamUnion, error) {
	data := base64.StdEncoding.EncodeToString(f.Data)
	switch {
	case f.isPicture() && f.URL != "":
		return anthropic.NewImageBlock(anthropic.URLImageSourceParam{URL: f.URL}), nil
	case f.isPicture():
		return anthropic.NewImageBlockBase64(f.MediaType, data), nil
	case f.isPDF() && f.URL != "":
		return anthropic.NewDocumentBlock(anthropic.URLPDFSourceParam{URL: f.URL}), nil
	case f.isPDF():
		return anthropic.NewDocumentBlock(anthropic.Base64PDFSourceParam{Data: data}), nil
	}
	return anthropic.ContentBlockParamUnion{}, refuse("Anthropic takes no files of type %q", f.MediaType)
}
