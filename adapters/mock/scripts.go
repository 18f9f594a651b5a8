package mock

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/parleyhq/parley/adapters"
	"github.com/parleyhq/parley/openapi"
)

// message says a text at once.
func message(id, text string) script { return whole(assistant(id, openapi.TextPart{Text: text})) }

func echo(p string, words []string) script {
	if len(words) == 0 {
		return message(p+"_echo", "Tell me what to say after `echo`.")
	}
	return message(p+"_echo", strings.Join(words, " "))
}

func markdown(p string) script {
	item := assistant(p+"_markdown", openapi.TextPart{Text: strings.Join(markdownDeltas, "")})
	s := script{started(assistant(p+"_markdown", openapi.TextPart{Text: "Markdown demo (streaming follows)..."}))}
	return append(append(s, deltas(item, markdownDeltas...)...), completed(item))
}

// rich has every kind of part that a message can have. Its deltas are not its text; clients must not rely on it.
func rich(p string) script {
	item := assistant(p+"_assistant_rich",
		openapi.TextPart{Text: "Mock assistant response with rich content."},
		openapi.ReasoningPart{Text: "Public reasoning for display.", Visibility: openapi.ReasoningVisibilityPublic},
		openapi.ReasoningPart{Text: "Private reasoning hidden by default.", Visibility: openapi.ReasoningVisibilityPrivate},
		openapi.JSONPart{JSON: json.RawMessage(`{"stage":"analysis","ok":true}`)},
	)
	s := append(script{started(item)}, deltas(item, "Mock assistant ", "streaming delta.")...)
	return append(s, completed(item))
}

func tool(p string) script {
	call := newItem(p+"_tool_call", openapi.ItemKindToolCall, openapi.ItemRoleAssistant,
		openapi.ToolCallPart{Name: "mock.search", Arguments: `{"query":"example"}`, CallID: p + "_call"})
	result := newItem(p+"_tool_result", openapi.ItemKindToolResult, openapi.ItemRoleTool,
		openapi.ToolResultPart{CallID: p + "_call", Output: "mock search results"},
		openapi.FileRefPart{Path: p + "/readme.md", Action: openapi.FileActionRead},
		openapi.FileRefPart{Path: p + "/output.txt", Action: openapi.FileActionWrite, Diff: new("+mock output\n")},
		openapi.FileRefPart{Path: p + "/patch.txt", Action: openapi.FileActionPatch, Diff: new("@@ -1,1 +1,1 @@\n-old\n+new\n")},
	)
	return append(whole(call), started(result), failed(result))
}

func status(p string) script {
	note := func(detail string) openapi.Item {
		return newItem(p+"_status", openapi.ItemKindStatus, openapi.ItemRoleAssistant,
			openapi.StatusPart{Label: "Indexing", Detail: &detail})
	}
	return script{started(note("2 files")), completed(note("Done"))}
}

func image(p string) script {
	return whole(assistant(p+"_image",
		openapi.TextPart{Text: "Here is a mock image output."},
		openapi.ImagePart{Path: p + "/image.png", Mime: new("image/png")},
	))
}

func unknown(p string) script {
	return whole(newItem(p+"_unknown", openapi.ItemKindUnknown, openapi.ItemRoleAssistant,
		openapi.TextPart{Text: "Unknown item kind example."}))
}

func system(p string) script {
	return whole(newItem(p+"_system", openapi.ItemKindSystem, openapi.ItemRoleSystem,
		openapi.TextPart{Text: "System ready for mock events."}))
}

func permissions(p string) script {
	return script{
		permission(adapters.PermissionRequest{
			ID: p + "_permission", Action: "command_execution",
			Metadata: map[string]any{"codexRequestKind": "commandExecution", "command": "echo mock"},
		}),
		permission(adapters.PermissionRequest{
			ID: p + "_permission_denied", Action: "file_change",
			Metadata: map[string]any{"codexRequestKind": "fileChange", "path": p + "/deny.txt"},
		}),
	}
}

// list asks to list files.
func list(p string) step {
	return permission(adapters.PermissionRequest{
		ID: p + "_permission", Action: "command_execution",
		Metadata: map[string]any{"codexRequestKind": "commandExecution", "command": "ls"},
	})
}

func questions(p string) script {
	return script{
		question(choice(p+"_question", "Choose a color", "Red", "Blue")),
		question(choice(p+"_question_reject", "Allow mock experiment?", "Yes", "No")),
	}
}

func proceed(p string) script {
	return script{question(choice(p+"_question", "Proceed?", "Yes", "No")), answers}
}

func failure(p string) script {
	return append(script{say(openapi.Failure{Data: openapi.ErrorData{
		Message: "Mock error event.", Code: new("mock_error"), Details: map[string]any{"mock": true},
	}})}, unparsed(p)...)
}

func unparsed(string) script {
	return script{say(openapi.Unparsed{
		Data: openapi.AgentUnparsedData{Error: "unsupported payload", Location: "mock.stream"},
		Raw:  json.RawMessage(`{"raw":"mock"}`),
	})}
}

func end(string) script {
	return script{say(openapi.Ended{Data: openapi.SessionEndedData{
		Reason: openapi.SessionEndReasonCompleted, TerminatedBy: openapi.EventSourceAgent,
	}})}
}

// demo shows everything, announced by markers. It does not wait for the answers to what it asks.
func demo(p string) script {
	n := 0
	next := func(what string) script {
		n++
		return message(fmt.Sprintf("%s_marker_%d", p, n), "Next: "+what+".")
	}
	return slices.Concat(
		next("system message (system role)"), system(p),
		next("assistant message with deltas, reasoning, and JSON content parts"), rich(p),
		next("status item updates"), status(p),
		next("markdown rendering + streaming markdown deltas"), markdown(p),
		next("tool call item"), tool(p),
		next("image output content part"), image(p),
		next("unknown item kind"), unknown(p),
		next("permission requests (pending)"), permissions(p),
		next("question requests (pending)"), questions(p),
		next("error and agent.unparsed events"), failure(p),
	)
}
