package provider

import (
	"net/url"
	"strings"

	"github.com/parleyhq/parley/adapters/internal/environ"
)

// Endpoint is where a provider is, and the key to it.
type Endpoint struct {
	BaseURL string // Anthropic's ends before "/v1", all others with it; empty for Anthropic's and OpenAI's own
	Key     string // may be empty where BaseURL is not
}

// fault says what is wrong with an endpoint, without the address: it may contain secrets.
func (e Endpoint) fault(name string) string {
	at, err := url.Parse(e.BaseURL)
	switch {
	case e == Endpoint{}:
		return "there is no key; set " + keyVariable(name) + ", or " + baseURLVariable(name) + " for a server that needs none"
	case e.BaseURL == "" && name != anthropicName && name != openAIName:
		return "there is no address; set " + baseURLVariable(name)
	case e.BaseURL != "" && (err != nil || at.Host == "" || at.Scheme != "http" && at.Scheme != "https"):
		return baseURLVariable(name) + " is not an http or https address"
	}
	return ""
}

const (
	keySuffix     = "_API_KEY"
	baseURLSuffix = "_BASE_URL"
)

func keyVariable(name string) string     { return variable(name) + keySuffix }
func baseURLVariable(name string) string { return variable(name) + baseURLSuffix }

func variable(name string) string { return strings.ToUpper(strings.ReplaceAll(name, "-", "_")) }

// FromEnv reads ANTHROPIC_API_KEY, ANTHROPIC_BASE_URL, OPENAI_API_KEY and OPENAI_BASE_URL; and in the same way
// NAME_BASE_URL and NAME_API_KEY of any other server that speaks chat completions, whose models are then name/ID, with
// "-" for "_".
func FromEnv(env environ.Env) Config {
	c := Config{Compatible: map[string]Endpoint{}}
	for variable, value := range env {
		if name, ok := strings.CutSuffix(variable, baseURLSuffix); ok && name != "" && value != "" {
			name = strings.ToLower(strings.ReplaceAll(name, "_", "-"))
			c.Compatible[name] = endpointFrom(env, name)
		}
	}
	delete(c.Compatible, anthropicName)
	delete(c.Compatible, openAIName)
	c.Anthropic, c.OpenAI = endpointFrom(env, anthropicName), endpointFrom(env, openAIName)
	return c
}

func endpointFrom(env environ.Env, name string) Endpoint {
	return Endpoint{BaseURL: strings.TrimSpace(env[baseURLVariable(name)]), Key: strings.TrimSpace(env[keyVariable(name)])}
}
