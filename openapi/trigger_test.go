package openapi

import (
	"encoding/json"
	"testing"
)

func TestRollback(t *testing.T) {
	for text, want := range map[string]Rollback{
		`{}`: {}, `{"rollbackAfterMessageId":null}`: {Set: true}, `{"rollbackAfterMessageId":"m"}`: {Set: true, After: new("m")},
	} {
		var r TriggerRequest
		if err := json.Unmarshal([]byte(text), &r); err != nil || r.Rollback.Set != want.Set || (r.Rollback.After == nil) != (want.After == nil) {
			t.Errorf("%s: got %+v, %v", text, r.Rollback, err)
		}
		if again, err := json.Marshal(r); err != nil || string(again) != text {
			t.Errorf("%s: written as %s, %v", text, again, err)
		}
	}
}
