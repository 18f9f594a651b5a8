package acp

import (
	"encoding/json"
	"strings"

	"github.com/parleyhq/parley/adapters/internal/diff"
	"github.com/parleyhq/parley/openapi"
)

// stream adds output that comes bit by bit.
func (c *converter) stream(call *call, data string) {
	c.begun(call)
	call.streamed.WriteString(data)
	c.emit(openapi.ItemDelta{NativeItemID: call.result, Delta: data})
}

// begun makes sure that the result's item is there.
func (c *converter) begun(call *call) {
	c.know(call)
	if call.result == "" {
		call.result = c.nativeID(call.native + "/result")
		c.start(call.resultItem(openapi.Parts()))
	}
}

// finish completes a call's items.
func (c *converter) finish(call *call, status openapi.ItemStatus) {
	c.begun(call)
	call.stage = over
	parts := append([]openapi.Part{openapi.ToolResultPart{CallID: call.native, Output: call.text()}}, call.more(status)...)
	c.complete(call.resultItem(openapi.Parts(parts...)), status)
}

func (call *call) resultItem(content []openapi.ContentPart) openapi.Item {
	return openapi.Item{
		NativeItemID: &call.result, ParentID: &call.native, Kind: openapi.ItemKindToolResult,
		Role: new(openapi.ItemRoleTool), Content: content,
	}
}

// text is what the tool gave. The raw output is plainer than the contents, which are made up for people, where it is a text.
func (call *call) text() string {
	if call.streamed.Len() > 0 {
		return call.streamed.String()
	}
	if text := stringOf(call.output); text != "" {
		return text
	}
	var texts []string
	for _, c := range call.contents {
		if c.Type == "content" {
			texts = append(texts, readBlock(c.Content).words())
		}
	}
	if len(texts) > 0 {
		return strings.Join(texts, "\n")
	}
	return outputText(call.output)
}

// outputText is the text in a raw output that is no text itself.
func outputText(raw json.RawMessage) string {
	var fields map[string]json.RawMessage
	_ = json.Unmarshal(raw, &fields) // no object has no fields
	for _, name := range []string{"output", "aggregated_output", "error"} {
		if text := stringOf(fields[name]); text != "" {
			return text
		}
	}
	if !said(raw) || string(raw) == `""` || string(raw) == "{}" {
		return ""
	}
	return string(raw)
}

// more is what a result says beyond its text.
func (call *call) more(status openapi.ItemStatus) []openapi.Part {
	var parts []openapi.Part
	if e := call.ended(); e != nil {
		told, _ := json.Marshal(e) // numbers and a string: cannot fail
		parts = append(parts, openapi.JSONPart{JSON: told})
	}
	parts = append(parts, call.images()...)
	if status == openapi.ItemStatusFailed {
		return parts // what was to be done to a file was not done
	}
	return append(parts, call.files()...)
}

// ended says how a command ended, where the agent tells.
func (call *call) ended() *exit {
	if e := call.exit; e != nil && (e.ExitCode != nil || e.Signal != "") {
		return e
	}
	var e exit
	_ = decode(call.output, &e) // no object tells nothing
	if e.ExitCode == nil {
		return nil
	}
	return &exit{ExitCode: e.ExitCode}
}

// images are the pictures in a result that are files.
func (call *call) images() []openapi.Part {
	var parts []openapi.Part
	for _, c := range call.contents {
		b := readBlock(c.Content)
		if c.Type != "content" || b.Type != "image" {
			continue
		}
		path := filePath(b.URI)
		if paths := call.paths(); path == "" && len(paths) == 1 {
			path = paths[0]
		}
		if path != "" {
			parts = append(parts, openapi.ImagePart{Path: path, Mime: &b.MimeType})
		}
	}
	return parts
}

// files say what the tool did to files.
func (call *call) files() []openapi.Part {
	var parts []openapi.Part
	for _, change := range call.changes {
		parts = append(parts, change.part())
	}
	if len(parts) > 0 {
		return parts
	}
	action, ok := map[string]openapi.FileAction{"read": openapi.FileActionRead, "edit": openapi.FileActionPatch}[call.kind]
	for _, path := range call.paths() {
		if ok {
			parts = append(parts, openapi.FileRefPart{Path: path, Action: action})
		}
	}
	return parts
}

func (c change) part() openapi.FileRefPart {
	if c.Old == nil || *c.Old == "" {
		return openapi.FileRefPart{
			Path: c.Path, Action: openapi.FileActionWrite, Diff: diff.Unified("/dev/null", c.Path, diff.Change("", c.New)),
		}
	}
	return openapi.FileRefPart{
		Path: c.Path, Action: openapi.FileActionPatch, Diff: diff.Unified(c.Path, c.Path, diff.Change(*c.Old, c.New)),
	}
}

// stringOf reads a JSON string; what is none is empty.
func stringOf(raw json.RawMessage) string {
	var s string
	_ = json.Unmarshal(raw, &s)
	return s
}
