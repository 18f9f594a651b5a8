package uistream

import (
	"encoding/json"
	"strings"

	"github.com/parleyhq/parley/openapi"
)

// ChatMessage is a message of the full state: all that a UIMessage is, and what clients that read the full state ask for
// beside it. There is nothing hidden in it.
type ChatMessage struct {
	openapi.UIMessage
	Parts   []ChatPart `json:"parts"`
	Content string     `json:"content"` // its text
	Visible bool       `json:"visible"`
}

// ChatPart is a part of a ChatMessage. The object of structured output stands within Object, not in its place: clients that
// read the full state take it only so.
type ChatPart struct {
	openapi.UIPart
	Visible  bool        `json:"visible"`
	Content  string      `json:"content,omitempty"`
	ToolCall *ChatCall   `json:"toolCall,omitempty"`
	Source   *ChatSource `json:"source,omitempty"`
	File     *ChatFile   `json:"file,omitempty"`
	Object   *ChatObject `json:"object,omitempty"`
}

// ChatCall is a tool call of a ChatPart.
type ChatCall struct {
	ID        string          `json:"id"`
	Name      string          `json:"name"`
	Arguments json.RawMessage `json:"arguments"`
	Status    string          `json:"status"` // streaming, pending, available, error
	Result    json.RawMessage `json:"result,omitempty"`
	Error     string          `json:"error,omitempty"`
}

// ChatSource is a source of a ChatPart.
type ChatSource struct {
	SourceType string `json:"sourceType"`
	ID         string `json:"id"`
	URL        string `json:"url,omitempty"`
	MediaType  string `json:"mediaType,omitempty"`
	Title      string `json:"title,omitempty"`
	Filename   string `json:"filename,omitempty"`
}

// ChatFile is a file of a ChatPart.
type ChatFile struct {
	ID         string `json:"id"`
	MediaType  string `json:"mediaType"`
	URL        string `json:"url"`
	Filename   string `json:"filename,omitempty"`
	Size       int64  `json:"size,omitempty"`
	ToolCallID string `json:"toolCallId,omitempty"`
}

// ChatObject is structured output of a ChatPart. Value is null while it is not whole.
type ChatObject struct {
	ID       string          `json:"id"`
	TypeName string          `json:"typeName"`
	Value    json.RawMessage `json:"value"`
}

// ChatMessages are messages as the full state has them, for clients of an era.
func ChatMessages(messages []openapi.UIMessage, era Era) []ChatMessage {
	list := make([]ChatMessage, len(messages))
	for i, m := range messages {
		list[i] = chatMessage(m, era)
	}
	return list
}

func chatMessage(m openapi.UIMessage, era Era) ChatMessage {
	chat := ChatMessage{UIMessage: m, Parts: []ChatPart{}, Visible: true}
	var content strings.Builder
	for _, p := range m.Parts {
		if p, ok := fit(p, era); ok && chatKnows(p.Type, era) {
			part := chatPart(p)
			chat.Parts = append(chat.Parts, part)
			if p.Type == partText && p.Thread == "" {
				content.WriteString(part.Content)
			}
		}
	}
	chat.Content = content.String()
	return chat
}

// chatKnows says whether clients take a part in the full state: they knew fewer types there.
func chatKnows(partType string, era Era) bool { return partType != partOperation || era >= fullParts }

func chatPart(p openapi.UIPart) ChatPart {
	chat := ChatPart{UIPart: p, Visible: true, Content: p.Text}
	switch p.Type {
	case partToolCall:
		chat.ToolCall = &ChatCall{p.ToolCallID, p.ToolName, p.Args, chatStatus(p.Status), p.Result, p.Error}
	case partSource:
		chat.Source = &ChatSource{p.SourceType, p.ID, p.URL, p.MediaType, p.Title, p.Filename}
	case partFile:
		chat.File = &ChatFile{p.ID, p.MediaType, p.URL, p.Filename, p.Size, p.ToolCallID}
	case partObject:
		chat.Object = &ChatObject{p.ID, p.TypeName, value(p.Object)}
	}
	return chat
}

// chatStatus is the status of a tool call as the full state has it.
func chatStatus(status string) string {
	switch status {
	case statusPending:
		return "streaming"
	case statusRunning:
		return "pending"
	case statusDone:
		return "available"
	}
	return "error"
}
