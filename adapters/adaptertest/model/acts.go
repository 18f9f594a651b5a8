package model

import (
	"encoding/json"
	"strings"
	"time"
	"unicode/utf8"
)

// The acts of a response, in which the steps of a script are carried out.
type (
	// spoken is a text or a thinking block.
	spoken struct {
		thinking bool
		raw      bool // thoughts themselves and no summary of them
		pieces   []string
		pause    time.Duration // between the pieces
	}
	// call is a tool call, told apart by the script's verb. What the tool is called is its toolbox's to say.
	call struct {
		verb                 string
		path, text, old, new string // text: the command, the content or the plan
		questions            []question
		escalate             bool   // of verb run: outside of the agent's sandbox
		name                 string // of verb tool
		input                json.RawMessage
	}
	failure struct {
		status, times int // times 0 is for ever
		text          string
	}
	usage struct{ input, output, cached, reasoning int }
	echo  struct{} // says the last result
	hang  struct{}
	cut   struct {
		times int // 0 is for ever
		text  string
	}
)

func say(text string) spoken { return spoken{pieces: halves(text)} }

func repeat(n int, piece func(int) string) []string {
	out := make([]string, n)
	for i := range out {
		out[i] = piece(i)
	}
	return out
}

// unescape replaces the two characters \n by a new line.
func unescape(s string) string { return strings.ReplaceAll(s, `\n`, "\n") }

// halves cuts a text in two between characters, so that readers have to put deltas together.
func halves(s string) []string {
	at := len(s) / 2
	for at > 0 && at < len(s) && !utf8.RuneStart(s[at]) {
		at--
	}
	if at == 0 {
		return []string{s}
	}
	return []string{s[:at], s[at:]}
}
