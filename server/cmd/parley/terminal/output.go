package terminal

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"unicode/utf16"
)

// printJSON prints a value as the API gives it, on one line.
func printJSON(w io.Writer, v any) error {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return err
	}
	_, err := w.Write(escaped(b.Bytes()))
	return err
}

// escaped writes the characters that could do harm in a terminal as JSON escapes them: the value stays the same.
func escaped(j []byte) []byte {
	if !bytes.ContainsFunc(j, harmful) {
		return j
	}
	var b bytes.Buffer
	for _, r := range string(j) {
		if !harmful(r) {
			b.WriteRune(r)
			continue
		}
		for _, unit := range utf16.AppendRune(nil, r) {
			fmt.Fprintf(&b, `\u%04x`, unit)
		}
	}
	return b.Bytes()
}
