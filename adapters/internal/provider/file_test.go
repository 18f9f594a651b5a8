package provider

import (
	"encoding/json"
	"net/http"
	"testing"
)

func TestFiles(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		file File
		want map[string]string
	}{
		"picture by address": {File{MediaType: "image/jpeg", URL: "https://host/p.jpg"}, map[string]string{
			"anthropic": `{"type":"image","source":{"type":"url","url":"https://host/p.jpg"}}`,
			"openai":    `{"type":"image_url","image_url":{"url":"https://host/p.jpg"}}`,
		}},
		"PDF": {File{MediaType: "application/pdf", Data: []byte("%PDF")}, map[string]string{
			"anthropic": `{"type":"document","source":{"type":"base64","media_type":"application/pdf","data":"JVBERg=="}}`,
			"openai":    `{"type":"file","file":{"filename":"document.pdf","file_data":"data:application/pdf;base64,JVBERg=="}}`,
		}},
		"PDF by address": {File{MediaType: "application/pdf", URL: "https://host/a.pdf"}, map[string]string{
			"anthropic": `{"type":"document","source":{"type":"url","url":"https://host/a.pdf"}}`,
		}},
		"film": {File{MediaType: "video/mp4", Data: []byte("x")}, nil},
	}
	for name, c := range cases {
		for _, provider := range []string{"anthropic", "openai"} {
			r := Request{Model: "m", Messages: []Message{{Role: RoleUser, Parts: []MessagePart{{File: &c.file}, {Text: "Look."}}}}}
			if c.want[provider] == "" {
				p := serve(t, provider+"/m", Config{}, func(http.ResponseWriter, *http.Request) { t.Error("was sent") })
				if _, err := failure(t, p.Stream(t.Context(), r)); err.Kind != KindValidation {
					t.Errorf("%s: %v", name, err)
				}
				continue
			}
			var body struct {
				Messages []struct{ Content []json.RawMessage }
			}
			if err := json.Unmarshal([]byte(sent(t, provider, r)), &body); err != nil {
				t.Fatal(err)
			}
			expect(t, string(body.Messages[0].Content[0]), c.want[provider])
		}
	}
}
