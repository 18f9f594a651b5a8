package model

import (
	"cmp"
	"strings"
)

// script is the script that stands in a request, or says something short when none does.
func (r *Request) script() script {
	found, ok := next(r.Messages)
	if r.Scripted = ok && !r.aside; r.Scripted {
		return found
	}
	return script{steps: []step{{verb: "say", rest: cmp.Or(r.reply, "ok")}}}
}

// name tells a conversation from others. Where the provider has no name for it, its first message stands for it.
func (r *Request) name() string {
	if r.conversation == "" && len(r.Messages) > 0 {
		return partsText(r.Messages[0].Parts)
	}
	return r.conversation
}

// addMessage adds a message under one of the roles that OpenAI knows; instructions become a part of System.
func (r *Request) addMessage(role string, parts []Part) {
	switch role {
	case "developer", "system":
		r.System = strings.TrimSpace(r.System + "\n" + partsText(parts))
		return
	case "tool":
		role = "user"
	}
	r.Messages = append(r.Messages, Message{Role: role, Parts: parts})
}

// toolResult makes parts of a tool's output: its texts are one part, every picture is one of its own behind it.
func toolResult(id string, content []Part) []Part {
	parts := []Part{{Kind: "tool_result", ID: id, Text: partsText(content)}}
	for _, p := range content {
		if p.Kind != "text" {
			parts = append(parts, p)
		}
	}
	return parts
}

func partsText(parts []Part) string {
	var texts []string
	for _, p := range parts {
		if p.Kind == "text" {
			texts = append(texts, p.Text)
		}
	}
	return strings.Join(texts, "\n")
}

// dataURL is the form that all pictures have in a Part, whatever the provider's form is.
func dataURL(mediaType, base64 string) string { return "data:" + mediaType + ";base64," + base64 }
