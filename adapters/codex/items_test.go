package codex

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/parleyhq/parley/openapi"
)

// shown is what people see of outputs: a line for each completed item.
func shown(t *testing.T, all []openapi.Output) string {
	t.Helper()
	var lines []string
	for _, o := range pick[openapi.ItemCompleted](all) {
		line := string(o.Item.Kind)
		for _, c := range o.Item.Content {
			switch p := c.Part.(type) {
			case openapi.StatusPart:
				line += " " + p.Label + ": " + deref(p.Detail)
			case openapi.ToolCallPart:
				line += " " + p.Name + " " + p.Arguments
			case openapi.ToolResultPart:
				line += " " + p.Output
			default:
				raw, err := json.Marshal(c)
				if err != nil {
					t.Fatal(err)
				}
				line += " " + string(raw)
			}
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n")
}

// TestItems shows every type of item that no recording has.
func TestItems(t *testing.T) {
	for item, want := range map[string]string{
		`"type":"imageView","id":"i","path":"/a.png"`: `tool_call view_image {"path":"/a.png"}` + "\n" +
			`tool_result [image] {"type":"image","path":"/a.png","mime":null}`,
		`"type":"imageGeneration","id":"i","status":"completed","revisedPrompt":"a cat","savedPath":"/cat.png","result":"AAAA"`: `tool_call image_generation {"prompt":"a cat"}` + "\n" +
			`tool_result [image] {"type":"image","path":"/cat.png","mime":null}`,
		`"type":"imageGeneration","id":"i","status":"failed"`: `tool_call image_generation {"prompt":""}` + "\ntool_result [image]",
		`"type":"dynamicToolCall","id":"i","tool":"lookup","arguments":{"q":1},"status":"completed","contentItems":[{"type":"inputText","text":"found"},{"type":"inputImage","imageUrl":"x"}]`: `tool_call lookup {"q":1}` + "\n" +
			"tool_result found\n[image ]",
		`"type":"functionCallOutput","id":"i","name":"f","output":"told"`: "tool_call f {}\ntool_result told",
		`"type":"webSearch","id":"i","query":"q","results":[{"title":"t"}]`: `tool_call web_search {"query":"q"}` + "\n" +
			`tool_result {"title":"t"} {"type":"json","json":[{"title":"t"}]}`,
		`"type":"mcpToolCall","id":"i","server":"s","tool":"t","status":"completed","result":{"content":[{"type":"image","mimeType":"image/png"},{"type":"resource","uri":"u"}],"structuredContent":{"a":1}}`: `tool_call mcp__s__t {}` + "\n" +
			`tool_result [image image/png]` + "\n" + `{"type":"resource","uri":"u"} {"type":"json","json":{"a":1}}`,
		`"type":"mcpToolCall","id":"i","server":"s","tool":"t","status":"failed","error":{"message":"no such luck"}`: "tool_call mcp__s__t {}\ntool_result no such luck",
		`"type":"fileChange","id":"i","status":"failed","changes":[]`:                                                `tool_call fileChange {"changes":[]}` + "\ntool_result The patch could not be applied.",
		`"type":"contextCompaction","id":"i"`:                                                                        "status thread.compacted: ",
		`"type":"subAgentActivity","id":"i","kind":"started","agentPath":"/root/a"`:                                  "status subagent: started: /root/a",
		`"type":"sleep","id":"i","durationMs":1500`:                                                                  "status sleep: 1.5s",
		`"type":"exitedReviewMode","id":"i","review":"all well"`:                                                     "status review: all well",
		`"type":"hookPrompt","id":"i","fragments":[]`:                                                                "status hook: ",
	} {
		all := said(t, [2]string{"item/started", `"item":{` + item + `}`}, [2]string{"item/completed", `"item":{` + item + `}`})
		if got := shown(t, all); got != want {
			t.Errorf("%s: got\n%s\nwant\n%s", item, got, want)
		}
	}
}

// TestNotes shows the notifications that become status items and that no recording has.
func TestNotes(t *testing.T) {
	for _, c := range [][3]string{
		{"model/rerouted", `"fromModel":"a","toModel":"b","reason":"highRisk"`, "status model: b instead of a: highRisk"},
		{"item/mcpToolCall/progress", `"itemId":"i","message":"half way"`, "status mcp.progress: half way"},
		{"deprecationNotice", `"summary":"old","details":"use the new"`, "status notice: old: use the new"},
		{"guardianWarning", `"message":"careful"`, "status warning: careful"},
		{"account/rateLimits/updated", `"rateLimits":{"rateLimitReachedType":"weekly"}`, "status rate limit: weekly"},
		{"account/rateLimits/updated", `"rateLimits":{"rateLimitReachedType":null}`, ""},
		{"mcpServer/startupStatus/updated", `"name":"s","status":"failed","error":"gone\nat line 1"`, "status mcp: s failed: gone"},
		{"mcpServer/startupStatus/updated", `"name":"s","status":"ready","error":null`, ""},
		{"thread/status/changed", `"status":{"type":"idle"}`, ""},
	} {
		if got := shown(t, said(t, [2]string{c[0], c[1]})); got != c[2] {
			t.Errorf("%s: got %q, want %q", c[0], got, c[2])
		}
	}
}

// A patch that is still being written is asked about as it is then.
func TestPatchThatGrows(t *testing.T) {
	c := newConverter(map[string]bool{})
	c.thread = "t"
	for _, n := range [][2]string{
		{"item/started", `{"threadId":"t","turnId":"1","item":{"type":"fileChange","id":"f","changes":[]}}`},
		{"item/fileChange/patchUpdated", `{"threadId":"t","turnId":"1","itemId":"f","changes":[{"path":"/a","kind":{"type":"add"},"diff":"x\n"}]}`},
	} {
		c.convert(n[0], parse([]byte(n[1])), nil)
	}
	q := readAsked([]byte(`{"threadId":"t","itemId":"f"}`))
	got, _ := json.Marshal(c.permissionRequest("id", methodFiles, q, nil).Metadata["changes"])
	if want := `[{"diff":"--- /dev/null\n+++ /a\n@@ -0,0 +1,1 @@\n+x\n","kind":"add","path":"/a"}]`; string(got) != want {
		t.Errorf("got %s", got)
	}
}

func TestNumberOfAForm(t *testing.T) {
	f := field{kind: "number"}
	for said, want := range map[string]any{"1.5": 1.5, "many": nil, "NaN": nil, "Inf": nil} {
		if got, ok := f.value([]string{said}); ok != (want != nil) || ok && got != want {
			t.Errorf("%s: got %v, %t", said, got, ok)
		}
	}
}
