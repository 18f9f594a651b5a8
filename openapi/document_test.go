package openapi

import (
	"context"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
)

// loaded is the document as kin-openapi has it.
var loaded = sync.OnceValues(func() (*openapi3.T, error) { return openapi3.NewLoader().LoadFromData(Document) })

func document(t testing.TB) *openapi3.T {
	t.Helper()
	doc, err := loaded()
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

func schema(t testing.TB, name string) *openapi3.Schema {
	t.Helper()
	ref := document(t).Components.Schemas[name]
	if ref == nil {
		t.Fatalf("no schema %s", name)
	}
	return ref.Value
}

// fits fails the test when JSON is not what a schema says.
func fits(t testing.TB, name string, b []byte) {
	t.Helper()
	var value any
	if err := json.Unmarshal(b, &value); err != nil {
		t.Errorf("%v: %.300s", err, b)
		return
	}
	if err := schema(t, name).VisitJSON(value); err != nil {
		t.Errorf("%s: %.600v\n%.300s", name, err, b)
	}
}

func TestDocumentIsValid(t *testing.T) {
	t.Parallel()
	if err := document(t).Validate(context.Background(), openapi3.EnableExamplesValidation()); err != nil {
		t.Error(err)
	}
}

// operations yields all operations under "METHOD path".
func operations(t *testing.T) map[string]*openapi3.Operation {
	all := map[string]*openapi3.Operation{}
	for path, item := range document(t).Paths.Map() {
		for method, operation := range item.Operations() {
			all[method+" "+path] = operation
		}
	}
	return all
}

func TestOperationIDs(t *testing.T) {
	t.Parallel()
	where := map[string]string{}
	for name, operation := range operations(t) {
		id := operation.OperationID
		if id == "" || where[id] != "" {
			t.Errorf("%s: operationId %q is empty or that of %s", name, id, where[id])
		}
		where[id] = name
		if operation.Summary == "" || len(operation.Tags) != 1 {
			t.Errorf("%s lacks a summary or one tag", name)
		}
	}
}

// TestErrors says which errors every operation declares, and that all of them are problems.
func TestErrors(t *testing.T) {
	t.Parallel()
	for name, operation := range operations(t) {
		for _, status := range declared(operation) {
			if operation.Responses.Value(status) == nil {
				t.Errorf("%s does not declare %s", name, status)
			}
		}
		for status, response := range operation.Responses.Map() {
			if status < "400" {
				continue
			}
			media := response.Value.Content["application/problem+json"]
			if len(response.Value.Content) != 1 || media == nil || media.Schema.Ref != "#/components/schemas/Problem" {
				t.Errorf("%s: %s is not a problem", name, status)
			}
		}
	}
}

// declared are the errors that an operation can give because of what it takes.
func declared(operation *openapi3.Operation) []string {
	statuses := []string{"500"}
	if operation.Security == nil || len(*operation.Security) > 0 {
		statuses = append(statuses, "401", "403")
	}
	if operation.RequestBody != nil {
		statuses = append(statuses, "400", "413")
	}
	if operation.RequestBody != nil && operation.RequestBody.Value.Content["application/json"] != nil {
		statuses = append(statuses, "415")
	}
	for _, parameter := range operation.Parameters {
		switch {
		case parameter.Value.Name == "Idempotency-Key":
			statuses = append(statuses, "422")
		case parameter.Value.In == openapi3.ParameterInQuery:
			statuses = append(statuses, "400")
		}
	}
	return statuses
}

// TestSessionsAreFound says that everything below a session can miss it.
func TestSessionsAreFound(t *testing.T) {
	t.Parallel()
	for name, operation := range operations(t) {
		if strings.Contains(name, "{session_id}") && operation.Responses.Value("404") == nil {
			t.Errorf("%s does not declare 404", name)
		}
	}
}

// TestEventTypes holds the types in the code equal to the document's.
func TestEventTypes(t *testing.T) {
	t.Parallel()
	same(t, "Event", slices.Sorted(maps.Keys(eventTypes)))
}

// TestPartTypes holds the types in the code equal to the document's.
func TestPartTypes(t *testing.T) {
	t.Parallel()
	same(t, "ContentPart", slices.Sorted(maps.Keys(partTypes)))
}

// same compares a union's types in the code with its discriminator, and that with its variants.
func same(t *testing.T, name string, types []string) {
	t.Helper()
	union := schema(t, name)
	if mapped := slices.Sorted(maps.Keys(union.Discriminator.Mapping)); !slices.Equal(mapped, types) {
		t.Errorf("%s: the document has %q, the code %q", name, mapped, types)
	}
	var variants, mapped []string
	for _, variant := range union.OneOf {
		variants = append(variants, variant.Ref)
	}
	for kind, variant := range union.Discriminator.Mapping {
		mapped = append(mapped, variant.Ref)
		if got := typeOf(schema(t, strings.TrimPrefix(variant.Ref, "#/components/schemas/"))); got != kind {
			t.Errorf("%s: %s maps to %s, whose type is %q", name, kind, variant.Ref, got)
		}
	}
	slices.Sort(variants)
	slices.Sort(mapped)
	if !slices.Equal(variants, mapped) {
		t.Errorf("%s: variants %q, mapped %q", name, variants, mapped)
	}
}

// typeOf is the one value that a variant's type may have.
func typeOf(variant *openapi3.Schema) any {
	for _, part := range variant.AllOf {
		if kind := part.Value.Properties["type"]; kind != nil && len(kind.Value.Enum) == 1 {
			return kind.Value.Enum[0]
		}
	}
	if kind := variant.Properties["type"]; kind != nil && len(kind.Value.Enum) == 1 {
		return kind.Value.Enum[0]
	}
	return nil
}
