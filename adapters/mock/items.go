package mock

import (
	"github.com/parleyhq/parley/adapters"
	"github.com/parleyhq/parley/openapi"
)

func newItem(id string, kind openapi.ItemKind, role openapi.ItemRole, parts ...openapi.Part) openapi.Item {
	return openapi.Item{NativeItemID: &id, Kind: kind, Role: &role, Content: openapi.Parts(parts...)}
}

// assistant is a message of the agent.
func assistant(id string, parts ...openapi.Part) openapi.Item {
	return newItem(id, openapi.ItemKindMessage, openapi.ItemRoleAssistant, parts...)
}

func started(item openapi.Item) step {
	item.Status = openapi.ItemStatusInProgress
	return say(openapi.ItemStarted{Item: item})
}

func completed(item openapi.Item) step {
	item.Status = openapi.ItemStatusCompleted
	return say(openapi.ItemCompleted{Item: item})
}

func failed(item openapi.Item) step {
	item.Status = openapi.ItemStatusFailed
	return say(openapi.ItemCompleted{Item: item})
}

// whole starts and completes an item.
func whole(item openapi.Item) script { return script{started(item), completed(item)} }

func deltas(item openapi.Item, texts ...string) script {
	var s script
	for _, text := range texts {
		s = append(s, say(openapi.ItemDelta{NativeItemID: *item.NativeItemID, Delta: text}))
	}
	return s
}

// choice is a question whose text and labels say all.
func choice(id, text string, options ...string) adapters.QuestionRequest {
	detail := openapi.QuestionDetail{Question: text}
	for _, label := range options {
		detail.Options = append(detail.Options, openapi.QuestionOption{Label: label})
	}
	return adapters.QuestionRequest{ID: id, Questions: []openapi.QuestionDetail{detail}, Plain: true}
}
