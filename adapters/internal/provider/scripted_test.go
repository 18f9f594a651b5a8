package provider

import (
	"encoding/json"
	"net/http"
	"reflect"
	"testing"

	"github.com/parleyhq/parley/adapters/adaptertest/model"
)

var weather = Tool{
	Name: "get-weather", Description: "Says what the weather is like.",
	Schema: json.RawMessage(`{"type":"object","properties":{"city":{"type":"string"},"at":{"type":"string"}},"required":["city"]}`),
}

// scripted runs a test against the scripted model server, once in each API.
func scripted(t *testing.T, test func(t *testing.T, s *script)) {
	for _, name := range []string{"anthropic", "openai", "other"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := &script{name: name, server: model.Start(t), client: httpClient(t)}
			s.recorder = record(s.client)
			test(t, s)
		})
	}
}

type script struct {
	name     string
	server   *model.Server
	client   *http.Client
	recorder *recorder
}

func (s *script) provider(t *testing.T) Provider {
	t.Helper()
	chat := Endpoint{BaseURL: s.server.URL + "/v1", Key: secret}
	return find(t, Config{
		Anthropic: Endpoint{BaseURL: s.server.URL, Key: secret}, OpenAI: chat, Compatible: map[string]Endpoint{"other": chat},
		HTTPClient: s.client,
	}, s.name+"/scripted-large")
}

// request always offers a tool: the server takes chat completions without one for something aside.
func (s *script) request(messages ...Message) Request {
	return Request{Model: "scripted-large", System: "You are a test.", Messages: messages, Tools: []Tool{weather}}
}

func (s *script) ask(t *testing.T, messages ...Message) []Part {
	t.Helper()
	return whole(t, s.provider(t).Stream(t.Context(), s.request(messages...)))
}

// repeat is the message of an answer, after it was stored and read again.
func repeat(t *testing.T, parts []Part) Message {
	t.Helper()
	var a Answer
	for _, p := range parts {
		a.Add(p)
	}
	stored, err := json.Marshal(a.Message())
	if err != nil {
		t.Fatal(err)
	}
	var m Message
	if err := json.Unmarshal(stored, &m); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(m, a.Message()) {
		t.Fatalf("%s decodes to %+v", stored, m)
	}
	return m
}
