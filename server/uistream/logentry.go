package uistream

import (
	"encoding/json"

	"github.com/parleyhq/parley/openapi"
)

// LogEntry is an event as an entry of the session's log. It fails where the event's data are not JSON.
func LogEntry(e openapi.Event) (openapi.AgentSessionLogEntry, error) {
	entry := openapi.AgentSessionLogEntry{ID: e.EventID, Timestamp: timestamp(e.Time), Type: e.Type()}
	b, err := json.Marshal(e.Data)
	if err == nil {
		err = json.Unmarshal(b, &entry.Data)
	}
	return entry, err
}
