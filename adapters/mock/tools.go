package mock

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/parleyhq/parley/adapters"
	"github.com/parleyhq/parley/openapi"
)

// tools are what the client can be asked to execute. Their arguments are any object.
var tools = []string{"get-weather", "get-time", "confirm"}

// maxCalls is how many of them one message can call.
const maxCalls = 100

// callTools calls tools all at once: "tool NAME JSON", or "tools NAME JSON; NAME JSON".
func (t trigger) callTools(rest string) script {
	word, list := cutWord(rest)
	if word != "tool" && word != "tools" || list == "" {
		return nil
	}
	calls, err := t.read(list)
	if err != nil {
		return t.echo(err.Error())
	}
	return t.rounds([][]adapters.ToolCall{calls})
}

// chainTools calls tools one after the other.
func (t trigger) chainTools(list string) script {
	calls, err := t.read(list)
	if err != nil {
		return t.echo(err.Error())
	}
	return t.rounds(slices.Collect(slices.Chunk(calls, 1)))
}

// read reads "NAME JSON; NAME JSON". Arguments that are left out are an empty object. Of a list with a fault nothing is called.
func (t trigger) read(list string) ([]adapters.ToolCall, error) {
	var calls []adapters.ToolCall
	for list != "" {
		name, rest := cutName(list)
		switch {
		case !slices.Contains(tools, name):
			return nil, fmt.Errorf("unknown tool: %s", name)
		case len(calls) == maxCalls:
			return nil, fmt.Errorf("more than %d calls", maxCalls)
		}
		arguments, rest, err := readArguments(rest)
		if err != nil {
			return nil, fmt.Errorf("arguments of %s: %w", name, err)
		}
		id := fmt.Sprintf("%s_call_%d", t.prefix, len(calls)+1)
		calls = append(calls, adapters.ToolCall{
			ID: id, Name: name, Arguments: arguments, Source: openapi.ToolSourceLLM, NativeItemID: id,
		})
		list = rest
	}
	return calls, nil
}

func cutName(list string) (name, rest string) {
	end := strings.IndexFunc(list, func(r rune) bool { return r == ';' || unicode.IsSpace(r) })
	if end < 0 {
		return list, ""
	}
	return list[:end], strings.TrimSpace(list[end:])
}

var errNoObject = errors.New("not a JSON object")

// readArguments reads an object up to the next semicolon, or to the end.
func readArguments(text string) (arguments json.RawMessage, rest string, err error) {
	arguments = json.RawMessage("{}")
	if text != "" && text[0] != ';' {
		d := json.NewDecoder(strings.NewReader(text))
		if err := d.Decode(&arguments); err != nil || arguments[0] != '{' {
			return nil, "", errNoObject
		}
		text = strings.TrimSpace(text[d.InputOffset():])
	}
	rest, ok := strings.CutPrefix(text, ";")
	if !ok && text != "" {
		return nil, "", errNoObject
	}
	var compact bytes.Buffer
	err = json.Compact(&compact, arguments)
	return compact.Bytes(), strings.TrimSpace(rest), err
}
