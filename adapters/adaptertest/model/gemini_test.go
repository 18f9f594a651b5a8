package model

import (
	"encoding/json"
	"io"
	"net/http"
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
	encoded, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	r, err := http.NewRequestWithContext(t.Context(), "POST", s.URL+"/v1beta/models/m:"+method, strings.NewReader(string(encoded)))
	if err != nil {
		t.Fatal(err)
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = answer.Body.Close() })
	return answer
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
	Error         *struct {
		Code            int
		Message, Status string
	}
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
