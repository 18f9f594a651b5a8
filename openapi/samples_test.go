package openapi

import (
	"encoding/json"
	"time"
)

// samples are the data of every type of event: at their least, and with everything that they can say.
var samples = []EventData{
	SessionStartedData{Metadata: SessionMetadata{Agent: "claude", AgentMode: "build", PermissionMode: "default"}},
	SessionStartedData{Metadata: SessionMetadata{
		Agent: "claude", AgentMode: "plan", PermissionMode: "bypass", Model: new("m"), Variant: new("high"),
	}},
	SessionEndedData{Reason: SessionEndReasonTerminated, TerminatedBy: EventSourceDaemon},
	SessionEndedData{
		Reason: SessionEndReasonError, TerminatedBy: EventSourceAgent, Message: "died", ExitCode: new(0),
		Stderr: Stderr{Head: "a\nb", Tail: "c", Truncated: true, TotalLines: 9},
	},
	SessionUpdatedData{},
	SessionUpdatedData{NativeSessionID: "native"},
	MessageQueuedData{Message: "hi", Attachments: []Attachment{}, Position: 1},
	MessageQueuedData{Message: "hi", Attachments: []Attachment{{Path: "/a"}, {Path: "/b", Mime: "text/plain", Filename: "b"}}, Position: 3},
	MessageDroppedData{Message: "hi", Reason: MessageDropReasonTerminated},
	TurnStartedData{Phase: TurnStartedPhaseStarted},
	TurnStartedData{Phase: TurnStartedPhaseStarted, TurnID: "turn_1", Metadata: map[string]any{"k": "v"}},
	TurnStartedData{Phase: TurnStartedPhaseStarted, Trigger: TurnTrigger{
		Name: "user-message", Input: map[string]any{"A": "b"}, Sender: Sender{ID: "i"},
	}},
	TurnEndedData{Phase: TurnEndedPhaseEnded},
	TurnEndedData{Phase: TurnEndedPhaseEnded, TurnID: "turn_1", Status: TurnStatusInterrupted, FinishReason: "stop", Metadata: map[string]any{"k": []any{1.5}}},
	ItemStartedData{Item: Item{ItemID: "itm_1", Kind: ItemKindUnknown, Content: Parts(), Status: ItemStatusInProgress}},
	ItemStartedData{Item: fullItem(ItemStatusInProgress)},
	ItemDeltaData{ItemID: "itm_1"},
	ItemDeltaData{ItemID: "itm_1", NativeItemID: new("n"), Delta: "<a href=\"x\">&\n\u2028\x00 ü 👩", Part: DeltaPartToolInput},
	ItemCompletedData{Item: Item{ItemID: "itm_1", Kind: ItemKindMessage, Content: Parts(TextPart{}), Status: ItemStatusCompleted}},
	ItemCompletedData{Item: fullItem(ItemStatusFailed)},
	PermissionRequestedData{PermissionID: "p", Action: "Bash", Status: RequestedStatusRequested},
	PermissionRequestedData{PermissionID: "p", Action: "Bash", Status: RequestedStatusRequested, Metadata: map[string]any{"input": map[string]any{"n": 1.0}}},
	PermissionResolvedData{PermissionID: "p", Action: "Bash", Status: PermissionStatusReject},
	PermissionResolvedData{PermissionID: "p", Action: "Bash", Status: PermissionStatusAcceptForSession, Metadata: map[string]any{"k": nil}},
	QuestionRequestedData{QuestionID: "q", Prompt: "?", Options: []string{}, Status: RequestedStatusRequested},
	QuestionRequestedData{QuestionID: "q", Prompt: "?", Options: []string{"a", "b"}, Status: RequestedStatusRequested, Questions: details},
	QuestionResolvedData{QuestionID: "q", Prompt: "?", Options: []string{}, Status: QuestionStatusRejected},
	QuestionResolvedData{
		QuestionID: "q", Prompt: "?", Options: []string{"a", "b"}, Status: QuestionStatusAnswered, Questions: details,
		Answers: [][]string{{"a"}, {}}, Response: new("a"),
	},
	UsageUpdatedData{},
	UsageUpdatedData{
		InputTokens: 1, OutputTokens: 2, CacheReadTokens: 3, CacheWriteTokens: 4, ReasoningTokens: 5, ContextWindow: 200_000,
		Model: "m", CostUSD: new(0.25),
	},
	ErrorData{Message: "no"},
	ErrorData{Message: "no", Code: new("process_exit"), Details: map[string]any{"exit_code": 1.0}},
	AgentUnparsedData{Error: "e", Location: "claude.stdout"},
	AgentUnparsedData{Error: "e", Location: "claude.stdout", RawHash: new("abc")},
	ToolRequestedData{ToolCallID: "c", Name: "get-weather", Arguments: json.RawMessage(`{}`), Source: ToolSourceLLM},
	ToolRequestedData{
		ToolCallID: "c", Name: "get-weather", Arguments: json.RawMessage(`{"city":"Rome"}`), Source: ToolSourceBlock, ItemID: "itm_1",
		Thread: "side", OutputVariable: "WEATHER", BlockIndex: new(0),
	},
	ToolResolvedData{ToolCallID: "c", Name: "n", Status: ToolStatusCompleted, Result: json.RawMessage(`[1]`)},
	ToolResolvedData{ToolCallID: "c", Name: "n", Status: ToolStatusFailed, Result: json.RawMessage(`null`), Error: "no"},
	ResourceUpdatedData{Name: "A", Value: json.RawMessage(`{"a":1}`)},
	VariableUpdatedData{Name: "A", Value: json.RawMessage(`null`)},
	BlockStartedData{BlockID: "b", Name: "Respond", Type: "next-message", Display: DisplayStream},
	BlockStartedData{
		BlockID: "b", Index: 2, Name: "Respond", Type: "next-message", Display: DisplayHidden, Description: "d",
		Thread: "side", OutputToChat: new(false),
	},
	BlockEndedData{BlockID: "b"},
	BlockEndedData{BlockID: "b", Summary: "s"},
	HistoryRolledBackData{},
	HistoryRolledBackData{AfterMessageID: new("m")},
	SessionExpiredData{InactiveMs: 1},
	SessionRestoredData{Messages: []UIMessage{}},
	SessionRestoredData{
		Messages: []UIMessage{{
			ID: "m", Role: UIMessageRoleUser, Parts: []UIPart{{Type: "text", Text: "hi", Status: "done"}}, Status: UIMessageStatusDone,
			CreatedAt: "2026-01-02T15:04:05Z", Sender: Sender{ID: "i", Name: "n", Image: "u"},
		}},
		Input: map[string]any{"COMPANY": "c"},
	},
}

var details = []QuestionDetail{
	{Question: "?", Header: "h", Options: []QuestionOption{{Label: "a", Description: "d"}, {Label: "b"}}},
	{Question: "??", Options: []QuestionOption{}, MultiSelect: true},
}

// sampleParts are all types of parts: at their least, and with everything that they can say.
var sampleParts = []Part{
	TextPart{},
	TextPart{Text: "a < b"},
	TextPart{Text: "{}", ResponseType: "Answer"},
	JSONPart{JSON: json.RawMessage(`null`)},
	JSONPart{JSON: json.RawMessage(`{"a":[1,"x"]}`)},
	ToolCallPart{Name: "Bash", Arguments: `{"command":"ls"}`, CallID: "c"},
	ToolCallPart{Name: "Bash", Arguments: `{}`, CallID: "c", Title: "Runs"},
	ToolResultPart{CallID: "c", Output: "out\n"},
	FileRefPart{Path: "/a", Action: FileActionRead},
	FileRefPart{Path: "/a", Action: FileActionPatch, Diff: new("-a\n+b\n")},
	ReasoningPart{Text: "hm", Visibility: ReasoningVisibilityPublic},
	ReasoningPart{Visibility: ReasoningVisibilityPrivate},
	ReasoningPart{Text: "hm", Visibility: ReasoningVisibilityPublic, Signature: "sig"},
	ImagePart{Path: "/a.png"},
	ImagePart{Path: "/a.png", Mime: new("image/png")},
	StatusPart{Label: "l"},
	StatusPart{Label: "l", Detail: new("d")},
}

func fullItem(status ItemStatus) Item {
	return Item{
		ItemID: "itm_2", NativeItemID: new("n"), ParentID: new("itm_1"), Kind: ItemKindMessage, Role: new(ItemRoleAssistant),
		Content: Parts(sampleParts...), Status: status, Thread: "side", Audience: AudienceModel, Sender: Sender{Name: "Ann"},
	}
}

func sample(data EventData) Event {
	return Event{
		EventID: "evt_1_7", Sequence: 7, Time: time.Date(2026, 1, 2, 15, 4, 5, 120_000_000, time.UTC), SessionID: "s",
		Source: EventSourceAgent, Data: data,
	}
}

// fullSample has everything that an envelope can say.
func fullSample(data EventData) Event {
	e := sample(data)
	e.NativeSessionID, e.Synthetic, e.Source, e.TurnID = new("native"), true, EventSourceDaemon, "turn_1"
	e.Raw = json.RawMessage(`{"type":"x","n":[1,2]}`)
	return e
}
