package openapi

import "encoding/json"

// EventData is what one type of event says. The generated ...Data structs implement it.
type EventData interface {
	// EventType is the type on the wire, such as "turn.started".
	EventType() string
}

// The types of events.
const (
	EventSessionStarted      = "session.started"
	EventSessionEnded        = "session.ended"
	EventSessionUpdated      = "session.updated"
	EventMessageQueued       = "message.queued"
	EventMessageDropped      = "message.dropped"
	EventTurnStarted         = "turn.started"
	EventTurnEnded           = "turn.ended"
	EventItemStarted         = "item.started"
	EventItemDelta           = "item.delta"
	EventItemCompleted       = "item.completed"
	EventPermissionRequested = "permission.requested"
	EventPermissionResolved  = "permission.resolved"
	EventQuestionRequested   = "question.requested"
	EventQuestionResolved    = "question.resolved"
	EventUsageUpdated        = "usage.updated"
	EventError               = "error"
	EventAgentUnparsed       = "agent.unparsed"
	EventToolRequested       = "tool.requested"
	EventToolResolved        = "tool.resolved"
	EventResourceUpdated     = "resource.updated"
	EventVariableUpdated     = "variable.updated"
	EventBlockStarted        = "block.started"
	EventBlockEnded          = "block.ended"
	EventHistoryRolledBack   = "history.rolled_back"
	EventSessionExpired      = "session.expired"
	EventSessionRestored     = "session.restored"
)

// EventType implements EventData.
func (SessionStartedData) EventType() string { return EventSessionStarted }

// EventType implements EventData.
func (SessionEndedData) EventType() string { return EventSessionEnded }

// EventType implements EventData.
func (SessionUpdatedData) EventType() string { return EventSessionUpdated }

// EventType implements EventData.
func (MessageQueuedData) EventType() string { return EventMessageQueued }

// EventType implements EventData.
func (MessageDroppedData) EventType() string { return EventMessageDropped }

// EventType implements EventData.
func (TurnStartedData) EventType() string { return EventTurnStarted }

// EventType implements EventData.
func (TurnEndedData) EventType() string { return EventTurnEnded }

// EventType implements EventData.
func (ItemStartedData) EventType() string { return EventItemStarted }

// EventType implements EventData.
func (ItemDeltaData) EventType() string { return EventItemDelta }

// EventType implements EventData.
func (ItemCompletedData) EventType() string { return EventItemCompleted }

// EventType implements EventData.
func (PermissionRequestedData) EventType() string { return EventPermissionRequested }

// EventType implements EventData.
func (PermissionResolvedData) EventType() string { return EventPermissionResolved }

// EventType implements EventData.
func (QuestionRequestedData) EventType() string { return EventQuestionRequested }

// EventType implements EventData.
func (QuestionResolvedData) EventType() string { return EventQuestionResolved }

// EventType implements EventData.
func (UsageUpdatedData) EventType() string { return EventUsageUpdated }

// EventType implements EventData.
func (ErrorData) EventType() string { return EventError }

// EventType implements EventData.
func (AgentUnparsedData) EventType() string { return EventAgentUnparsed }

// EventType implements EventData.
func (ToolRequestedData) EventType() string { return EventToolRequested }

// EventType implements EventData.
func (ToolResolvedData) EventType() string { return EventToolResolved }

// EventType implements EventData.
func (ResourceUpdatedData) EventType() string { return EventResourceUpdated }

// EventType implements EventData.
func (VariableUpdatedData) EventType() string { return EventVariableUpdated }

// EventType implements EventData.
func (BlockStartedData) EventType() string { return EventBlockStarted }

// EventType implements EventData.
func (BlockEndedData) EventType() string { return EventBlockEnded }

// EventType implements EventData.
func (HistoryRolledBackData) EventType() string { return EventHistoryRolledBack }

// EventType implements EventData.
func (SessionExpiredData) EventType() string { return EventSessionExpired }

// EventType implements EventData.
func (SessionRestoredData) EventType() string { return EventSessionRestored }

// UnknownData is the data of an event whose type this version does not know.
type UnknownData struct {
	Type string
	JSON json.RawMessage
}

// EventType implements EventData.
func (d UnknownData) EventType() string { return d.Type }

// MarshalJSON gives the data back as it came.
func (d UnknownData) MarshalJSON() ([]byte, error) { return d.JSON.MarshalJSON() }

// eventTypes decodes the data of each type. A test holds it equal to the document's discriminator mapping.
var eventTypes = map[string]func([]byte) (EventData, error){
	EventSessionStarted:      decode[SessionStartedData],
	EventSessionEnded:        decode[SessionEndedData],
	EventSessionUpdated:      decode[SessionUpdatedData],
	EventMessageQueued:       decode[MessageQueuedData],
	EventMessageDropped:      decode[MessageDroppedData],
	EventTurnStarted:         decode[TurnStartedData],
	EventTurnEnded:           decode[TurnEndedData],
	EventItemStarted:         decode[ItemStartedData],
	EventItemDelta:           decode[ItemDeltaData],
	EventItemCompleted:       decode[ItemCompletedData],
	EventPermissionRequested: decode[PermissionRequestedData],
	EventPermissionResolved:  decode[PermissionResolvedData],
	EventQuestionRequested:   decode[QuestionRequestedData],
	EventQuestionResolved:    decode[QuestionResolvedData],
	EventUsageUpdated:        decode[UsageUpdatedData],
	EventError:               decode[ErrorData],
	EventAgentUnparsed:       decode[AgentUnparsedData],
	EventToolRequested:       decode[ToolRequestedData],
	EventToolResolved:        decode[ToolResolvedData],
	EventResourceUpdated:     decode[ResourceUpdatedData],
	EventVariableUpdated:     decode[VariableUpdatedData],
	EventBlockStarted:        decode[BlockStartedData],
	EventBlockEnded:          decode[BlockEndedData],
	EventHistoryRolledBack:   decode[HistoryRolledBackData],
	EventSessionExpired:      decode[SessionExpiredData],
	EventSessionRestored:     decode[SessionRestoredData],
}

func decode[T EventData](b []byte) (EventData, error) {
	var d T
	err := json.Unmarshal(b, &d)
	return d, err
}

func decodeData(eventType string, b []byte) (EventData, error) {
	if f, ok := eventTypes[eventType]; ok {
		return f(b)
	}
	return UnknownData{Type: eventType, JSON: b}, nil
}

// appendData encodes deltas by hand: they are nearly all that an agent sends.
func appendData(b []byte, data EventData) ([]byte, error) {
	d, ok := data.(ItemDeltaData)
	if !ok {
		j, err := json.Marshal(data)
		return append(b, j...), err
	}
	b = append(b, `{"item_id":`...)
	b = appendString(b, d.ItemID)
	b = append(b, `,"native_item_id":`...)
	b = appendOptional(b, d.NativeItemID)
	b = append(b, `,"delta":`...)
	b = appendString(b, d.Delta)
	if d.Part != "" {
		b = append(b, `,"part":`...)
		b = appendString(b, string(d.Part))
	}
	return append(b, '}'), nil
}
