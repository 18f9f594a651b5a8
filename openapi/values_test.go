package openapi_test

import (
	"encoding/json"
	"testing"

	"github.com/parleyhq/parley/openapi"
)

// Numbers keep the digits that were sent.
func TestValuesKeepNumbers(t *testing.T) {
	t.Parallel()
	for _, input := range []string{`{"A":12345678901234567890,"B":[0.1000,{"C":-1e400}]}`, `{}`, `null`} {
		var d openapi.TurnTrigger
		if err := json.Unmarshal([]byte(`{"name":"t","input":`+input+`}`), &d); err != nil {
			t.Fatal(err)
		}
		if got, err := json.Marshal(d.Input); err != nil || string(got) != input {
			t.Errorf("%s came back as %s, %v", input, got, err)
		}
	}
	var v openapi.Values
	if err := json.Unmarshal([]byte(`[1]`), &v); err == nil {
		t.Error("an array was taken for an object")
	}
}
