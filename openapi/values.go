package openapi

import (
	"bytes"
	"encoding/json"
)

// Values are JSON values by their names. What is decoded has its numbers as json.Number, with the digits that were sent: a
// float64 has no room for those of a long one.
type Values map[string]any

// UnmarshalJSON reads an object, or null.
func (v *Values) UnmarshalJSON(b []byte) error {
	d := json.NewDecoder(bytes.NewReader(b))
	d.UseNumber()
	return d.Decode((*map[string]any)(v))
}
