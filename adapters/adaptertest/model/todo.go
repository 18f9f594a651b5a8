package model

import "strings"

// todo is one line of a plan.
type todo struct{ text, status string }

// todos reads a plan: "[x] " begins what is done, "[-] " what is being done, anything else is still to do.
func todos(plan string) []todo {
	var out []todo
	for line := range strings.SplitSeq(plan, "\n") {
		t := todo{text: strings.TrimPrefix(line, "[ ] "), status: "pending"}
		if text, ok := strings.CutPrefix(line, "[x] "); ok {
			t = todo{text, "completed"}
		} else if text, ok := strings.CutPrefix(line, "[-] "); ok {
			t = todo{text, "in_progress"}
		}
		out = append(out, t)
	}
	return out
}
