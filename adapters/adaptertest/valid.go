package adaptertest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/parleyhq/parley/openapi"
)

// Valid fails the test when an event is not what the document says of its type.
func Valid(t testing.TB, e openapi.Event) {
	t.Helper()
	if err := Validate(e); err != nil {
		t.Error(err)
	}
}

// ValidOutputs fails the test when an output would not become a valid event.
func ValidOutputs(t testing.TB, outputs []openapi.Output) {
	t.Helper()
	for _, e := range Events(outputs) {
		Valid(t, e)
	}
}

// Validate holds an event against the document's schema Event.
func Validate(e openapi.Event) error {
	line, err := e.AppendJSON(nil)
	if err != nil {
		return err
	}
	if len(e.Raw) > 0 && !json.Valid(e.Raw) {
		return fmt.Errorf("event %s: raw is not JSON: %.300s", e.Type(), e.Raw)
	}
	if err := validateLine(line); err != nil {
		return fmt.Errorf("event %s: %w: %.300s", e.Type(), err, line)
	}
	return nil
}

func validateLine(line []byte) error {
	if bytes.ContainsAny(line, "\r\n") {
		return errors.New("more than one line")
	}
	var value any
	if err := json.Unmarshal(line, &value); err != nil {
		return err
	}
	schema, err := eventSchema()
	if err != nil {
		return err
	}
	if err := schema.VisitJSON(value); err != nil {
		return errors.New(reason(err))
	}
	return nil
}

// reason says where and why, from the innermost schema that does not fit. The error itself is long: it shows all schemas.
func reason(err error) string {
	var at *openapi3.SchemaError
	if !errors.As(err, &at) {
		return err.Error()
	}
	path := ""
	for _, key := range at.JSONPointer() {
		path += "/" + key
	}
	if at.Origin != nil {
		return path + reason(at.Origin)
	}
	return path + ": " + at.Reason
}

var eventSchema = sync.OnceValues(func() (*openapi3.Schema, error) {
	doc, err := openapi3.NewLoader().LoadFromData(openapi.Document)
	if err != nil {
		return nil, err
	}
	event := doc.Components.Schemas["Event"]
	if event == nil {
		return nil, errors.New("the document has no schema Event")
	}
	return event.Value, nil
})
