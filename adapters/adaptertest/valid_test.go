package adaptertest_test

import (
	"strings"
	"testing"

	"github.com/parleyhq/parley/adapters/adaptertest"
	"github.com/parleyhq/parley/openapi"
)

func TestValidate(t *testing.T) {
	t.Parallel()
	for _, e := range adaptertest.Events([]openapi.Output{
		start("a"), delta("a", "x\ny"), done("a", "x\ny"), openapi.NativeSession{ID: "n"},
		openapi.Usage{Data: openapi.UsageUpdatedData{InputTokens: 1}, Raw: []byte(`{"n": 1}`)},
		openapi.ResourceUpdated{Data: openapi.ResourceUpdatedData{Name: "n"}},
		openapi.VariableUpdated{Data: openapi.VariableUpdatedData{Name: "n", Value: []byte(`[1]`)}},
		openapi.BlockStarted{Data: openapi.BlockStartedData{BlockID: "b", Name: "n", Type: "next-message", Display: "stream"}},
		openapi.BlockEnded{Data: openapi.BlockEndedData{BlockID: "b"}},
		openapi.Failure{Data: openapi.ErrorData{Message: "m"}},
		openapi.Unparsed{Data: openapi.AgentUnparsedData{Error: "e", Location: "l"}},
		openapi.Ended{Data: openapi.SessionEndedData{Reason: openapi.SessionEndReasonCompleted, TerminatedBy: openapi.EventSourceAgent}},
	}) {
		adaptertest.Valid(t, e)
	}
}

func TestNotValid(t *testing.T) {
	t.Parallel()
	kind := item("a", openapi.ItemStatusCompleted)
	kind.Kind = "monologue"
	empty := item("a", openapi.ItemStatusCompleted)
	empty.Content = nil
	for want, output := range map[string]openapi.Output{
		"/data/item/kind":             openapi.ItemCompleted{Item: kind},
		"/data/item/content":          openapi.ItemCompleted{Item: empty},
		"/data/item/content/0":        openapi.ItemCompleted{Item: item("a", "completed", openapi.UnknownPart{Type: "t", JSON: []byte(`{"type":"t"}`)})},
		"/data/reason":                openapi.Ended{Data: openapi.SessionEndedData{TerminatedBy: openapi.EventSourceAgent}},
		"/data/display":               openapi.BlockStarted{Data: openapi.BlockStartedData{BlockID: "b", Name: "n", Type: "t", Display: "loud"}},
		"/data/part":                  openapi.ItemDelta{NativeItemID: "a", Part: "smell"},
		"raw is not JSON":             openapi.Failure{Raw: []byte("{")},
		"content part without a type": openapi.ItemCompleted{Item: item("a", "completed", nil)},
	} {
		err := adaptertest.Validate(adaptertest.Events([]openapi.Output{output})[0])
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", want, err)
		}
	}
}
