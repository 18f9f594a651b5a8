package model

import (
	"encoding/json"
	"io"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// contents are those of a Gemini request.
type contents []object

func (c contents) user(texts ...string) contents {
	var parts []object
	for _, t := range texts {
		parts = append(parts, object{"text": t})
	}
	return append(c, object{"role": "user", "parts": parts})
}

func (c contents) called(name string, response object) contents {
	return append(c,
		object{"role": "model", "parts": []object{{"functionCall": object{"name": name, "args": object{}}}}},
		object{"role": "user", "parts": []object{{"functionResponse": object{"name": name, "response": response}}}})
}

func postGemini(t *testing.T, s *Server, method string, body object) *http.Response {
	t.Helper()
	return postJSON(t, s.URL+"/v1beta/models/m:"+method, body)
}

// geminiResponse is a response, or a piece of one, as a client reads it.
type geminiResponse struct {
	Candidates []struct {
		Content struct {
			Parts []struct {
				Text         string
				Thought      bool
				FunctionCall *struct {
					Name string
					Args json.RawMessage
				}
			}
		}
		FinishReason string
	}
	UsageMetadata struct{ PromptTokenCount, CandidatesTokenCount, CachedContentTokenCount, ThoughtsTokenCount, TotalTokenCount int }
}

// fold adds the parts to blocks, as "kind: text" or "tool: input", where texts of one kind in a row are one block.
func (r geminiResponse) fold(blocks []string) []string {
	add := func(kind, text string) {
		if last := len(blocks) - 1; last >= 0 && strings.HasPrefix(blocks[last], kind+": ") {
			blocks[last] += text
		} else if text != "" {
			blocks = append(blocks, kind+": "+text)
		}
	}
	for _, c := range r.Candidates {
		for _, p := range c.Content.Parts {
			switch {
			case p.FunctionCall != nil:
				blocks = append(blocks, p.FunctionCall.Name+": "+string(p.FunctionCall.Args))
			case p.Thought:
				add("thinking", p.Text)
			default:
				add("text", p.Text)
			}
		}
	}
	return blocks
}

var geminiTools = []object{{"functionDeclarations": []object{{"name": "run_shell_command"}}}}

// respondGemini plays one streamed response to its end.
func respondGemini(t *testing.T, s *Server, c contents) (blocks []string, last geminiResponse) {
	t.Helper()
	data, err := readData(postGemini(t, s, "streamGenerateContent?alt=sse", object{"contents": c, "tools": geminiTools}).Body)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range data {
		last = geminiResponse{}
		if err := json.Unmarshal([]byte(d), &last); err != nil {
			t.Fatal(err)
		}
		blocks = last.fold(blocks)
	}
	return blocks, last
}

func TestGemini(t *testing.T) {
	s := Start(t)
	script := contents{}.user("<session_context>\nThis is a day\n</session_context>", "think hard\nsay now\nrun a\nedit f a => b\nresult")
	for _, c := range []struct {
		contents contents
		want     []string
	}{
		{script, []string{"thinking: hard", "text: now", `run_shell_command: {"command":"a","description":"Run a scripted command"}`}},
		{script.called("a", object{"output": "A"}), []string{`replace: {"file_path":"f","instruction":"Make the scripted change","new_string":"b","old_string":"a"}`}},
		{script.called("a", object{"output": "A"}).called("b", object{"error": "B"}), []string{"text: done: B"}},
	} {
		got, last := respondGemini(t, s, c.contents)
		if !slices.Equal(got, c.want) || last.Candidates[0].FinishReason != "STOP" {
			t.Errorf("got %q, want %q", got, c.want)
		}
	}
}

func TestGeminiAnswersInTheFormAskedFor(t *testing.T) {
	s := Start(t)
	schema := json.RawMessage(`{"type":"OBJECT","required":["reasoning","next","score","sure","done"],"properties":{"reasoning":{"type":"STRING"},
		"next":{"type":"string","enum":["user","model"]},"score":{"type":"INTEGER"},"sure":{"type":"number"},"done":{"type":"boolean"},"more":{"type":"array"}}}`)
	answer := postGemini(t, s, "generateContent", object{"contents": contents{}.user("say a"), "generationConfig": object{"responseJsonSchema": schema}})
	var got geminiResponse
	if err := json.NewDecoder(answer.Body).Decode(&got); err != nil {
		t.Fatal(err)
	}
	want := `text: {"done":false,"next":"user","reasoning":"","score":1,"sure":0}`
	if blocks := got.fold(nil); len(blocks) != 1 || blocks[0] != want {
		t.Errorf("got %q", blocks)
	}
	if s.Requests()[0].Scripted {
		t.Error("a request without tools is scripted")
	}
}

func TestGeminiCountsTokens(t *testing.T) {
	body, err := io.ReadAll(postGemini(t, Start(t), "countTokens", object{"contents": contents{}}).Body)
	if err != nil || string(body) != "{\"totalTokens\":3}\n" {
		t.Errorf("%v, %s", err, body)
	}
}

func TestGeminiThoughtsAndCallsComeWhole(t *testing.T) {
	data, err := readData(postGemini(t, Start(t), "streamGenerateContent", object{"contents": contents{}.user("think long thought\nsay ab\nrun a"), "tools": geminiTools}).Body)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, d := range data {
		var r geminiResponse
		if err := json.Unmarshal([]byte(d), &r); err != nil {
			t.Fatal(err)
		}
		got = append(got, r.fold(nil)...)
	}
	want := []string{"thinking: long thought", "text: a", "text: b", `run_shell_command: {"command":"a","description":"Run a scripted command"}`}
	if !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
}

func TestGeminiInOnePiece(t *testing.T) {
	var got geminiResponse
	answer := postGemini(t, Start(t), "generateContent", object{"contents": contents{}.user("usage 70 8 9 5\nthink a\nsay b\nrun c"), "tools": geminiTools})
	if err := json.NewDecoder(answer.Body).Decode(&got); err != nil {
		t.Fatal(err)
	}
	want := []string{"thinking: a", "text: b", `run_shell_command: {"command":"c","description":"Run a scripted command"}`}
	if blocks := got.fold(nil); !slices.Equal(blocks, want) || got.Candidates[0].FinishReason != "STOP" {
		t.Errorf("got %q", blocks)
	}
	if u := got.UsageMetadata; u.PromptTokenCount != 70 || u.CandidatesTokenCount != 8 || u.CachedContentTokenCount != 9 || u.ThoughtsTokenCount != 5 || u.TotalTokenCount != 83 {
		t.Errorf("usage %+v", u)
	}
}

func TestGeminiRequestsAreRecorded(t *testing.T) {
	s := Start(t)
	_ = postGemini(t, s, "streamGenerateContent", object{
		"systemInstruction": object{"parts": []object{{"text": "be kind"}}}, "tools": geminiTools,
		"contents": []object{
			{"role": "user", "parts": []object{{"text": "run a"}, {"inlineData": object{"mimeType": "image/png", "data": "AA"}}}},
			{"role": "model", "parts": []object{{"text": "hm", "thought": true}, {"functionCall": object{"id": "c1", "name": "run", "args": object{"a": 1}}}}},
			{"role": "user", "parts": []object{
				{"functionResponse": object{"id": "c1", "name": "run", "response": object{"error": "no"}}},
				{"functionResponse": object{"id": "c2", "name": "run", "response": object{"other": 1}}},
			}},
		},
	})
	got := s.Requests()[0]
	want := []Message{
		{Role: "user", Parts: []Part{{Kind: "text", Text: "run a"}, {Kind: "image", Text: "data:image/png;base64,AA"}}},
		{Role: "assistant", Parts: []Part{{Kind: "thinking", Text: "hm"}, {Kind: "tool_use", ID: "c1", Name: "run", Text: `{"a":1}`}}},
		{Role: "user", Parts: []Part{{Kind: "tool_result", ID: "c1", Name: "run", Text: "no", IsError: true}, {Kind: "tool_result", ID: "c2", Name: "run", Text: `{"other":1}`}}},
	}
	if got.Model != "m" || got.System != "be kind" || !got.Scripted || !got.Stream || !slices.Equal(got.Tools, []string{"run_shell_command"}) || !reflect.DeepEqual(got.Messages, want) {
		t.Errorf("got %+v", got)
	}
}

func TestToolsOfGeminiCLI(t *testing.T) {
	s := Start(t)
	for line, want := range map[string]string{
		"write f a":            `write_file: {"content":"a","file_path":"f"}`,
		"read f":               `read_file: {"file_path":"f"}`,
		`plan a\n[x] b`:        `write_todos: {"todos":[{"description":"a","status":"pending"},{"description":"b","status":"completed"}]}`,
		"ask multi Q? | A":     `ask_user: {"questions":[{"header":"Choice","multiSelect":true,"options":[{"description":"Choose A","label":"A"}],"question":"Q?","type":"choice"}]}`,
		`tool mcp_a_b {"a":1}`: `mcp_a_b: {"a":1}`,
	} {
		if got, _ := respondGemini(t, s, contents{}.user(line)); !slices.Equal(got, []string{want}) {
			t.Errorf("%s: got %q", line, got)
		}
	}
}

func TestGeminiErrors(t *testing.T) {
	s := Start(t)
	for _, c := range []struct {
		method, script, want string
	}{
		{"streamGenerateContent", "error 429 slow", `{"error":{"code":429,"message":"slow","status":"RESOURCE_EXHAUSTED"}}`},
		{"generateContent", "error 418 tea", `{"error":{"code":418,"message":"tea","status":"UNKNOWN"}}`},
		{"batchEmbedContents", "", `{"error":{"code":404,"message":"no such method: batchEmbedContents","status":"NOT_FOUND"}}`},
	} {
		body, err := io.ReadAll(postGemini(t, s, c.method, object{"contents": contents{}.user(c.script), "tools": geminiTools}).Body)
		if got := strings.TrimSpace(string(body)); err != nil || got != c.want {
			t.Errorf("%v, %s", err, got)
		}
	}
}
