package model

import "strings"

// The format of patches that models for the Responses API are trained on, and the agents that speak to them take.

func patch(change string) string { return "*** Begin Patch\n" + change + "*** End Patch\n" }

func added(c call) string { return "*** Add File: " + c.path + "\n" + prefixed("+", c.text) }

// changed replaces whole lines only: the format knows no parts of lines.
func changed(c call) string {
	return "*** Update File: " + c.path + "\n@@\n" + prefixed("-", c.old) + prefixed("+", c.new)
}

// prefixed puts a sign before every line of a text and ends it with a new line.
func prefixed(sign, text string) string {
	var out strings.Builder
	for line := range strings.SplitSeq(strings.TrimSuffix(text, "\n"), "\n") {
		out.WriteString(sign + line + "\n")
	}
	return out.String()
}
