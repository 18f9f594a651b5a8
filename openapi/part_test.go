package openapi

import (
	"encoding/json"
	"reflect"
	"testing"
)

func TestPartRoundTrip(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, part := range sampleParts {
		seen[part.PartType()] = true
		b, err := json.Marshal(ContentPart{part})
		if err != nil {
			t.Fatal(err)
		}
		fits(t, "ContentPart", b)
		var back ContentPart
		if err := json.Unmarshal(b, &back); err != nil || !reflect.DeepEqual(back.Part, part) {
			t.Errorf("%#v became %#v by %s, %v", part, back.Part, b, err)
		}
	}
	for kind := range partTypes {
		if !seen[kind] {
			t.Errorf("no sample of %s", kind)
		}
	}
}

func TestUnknownPart(t *testing.T) {
	t.Parallel()
	const line = `{"type":"video","path":"/a","frames":[1,2]}`
	var c ContentPart
	if err := json.Unmarshal([]byte(line), &c); err != nil || c.PartType() != "video" {
		t.Fatalf("%+v, %v", c, err)
	}
	if b, err := json.Marshal(c); err != nil || string(b) != line {
		t.Errorf("%s, %v", b, err)
	}
}

// TestUnknownPartIsItsOwn: what was read does not change with the buffer that it was read from.
func TestUnknownPartIsItsOwn(t *testing.T) {
	t.Parallel()
	line := []byte(`{"type":"video","path":"/a"}`)
	var c ContentPart
	if err := c.UnmarshalJSON(line); err != nil {
		t.Fatal(err)
	}
	clear(line)
	if b, err := json.Marshal(c); err != nil || string(b) != `{"type":"video","path":"/a"}` {
		t.Errorf("%s, %v", b, err)
	}
}

func TestPartWithoutType(t *testing.T) {
	t.Parallel()
	if b, err := json.Marshal(ContentPart{}); err == nil {
		t.Errorf("written as %s", b)
	}
}

func TestPartsIsNeverNull(t *testing.T) {
	t.Parallel()
	if b, err := json.Marshal(Parts()); err != nil || string(b) != "[]" {
		t.Errorf("%s, %v", b, err)
	}
}
