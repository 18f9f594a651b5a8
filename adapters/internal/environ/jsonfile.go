package environ

import (
	"encoding/json"
	"os"
)

// HasField says whether a file is a JSON object in which one of the fields is set.
func HasField(path string, names ...string) bool {
	content, err := os.ReadFile(path)
	if err != nil {
		return false
	}
	var fields map[string]json.RawMessage
	if json.Unmarshal(content, &fields) != nil {
		return false
	}
	for _, name := range names {
		if value := string(fields[name]); value != "" && value != "null" && value != `""` {
			return true
		}
	}
	return false
}
