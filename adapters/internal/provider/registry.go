package provider

import (
	"cmp"
	"net/http"
	"strings"
	"time"
)

// The providers that have a name of their own.
const (
	anthropicName = "anthropic"
	openAIName    = "openai"
)

// Config says which providers there are.
type Config struct {
	Anthropic  Endpoint
	OpenAI     Endpoint
	Compatible map[string]Endpoint // further servers that speak chat completions, by the name before the slash
	HTTPClient *http.Client        // nil for one like http.DefaultClient; redirects are not followed
	Retries    int                 // of a request that failed before its first part: 0 is 3, negative is none
	Patience   time.Duration       // how long a server may be silent: 0 is 10 minutes
}

// defaultPatience is long, since models that do not show what they think are silent meanwhile.
const defaultPatience = 10 * time.Minute

// Registry finds providers. It is safe for concurrent use.
type Registry struct {
	providers map[string]Provider
	faults    map[string]string // what is wrong with the configuration, by provider
}

// New never fails: what is wrong with a provider is told to those who look for it.
func New(c Config) *Registry {
	r := &Registry{providers: map[string]Provider{}, faults: map[string]string{}}
	for name, e := range c.endpoints() {
		if fault := e.fault(name); fault != "" {
			r.faults[name] = fault
			continue
		}
		r.providers[name] = &retrying{
			provider: &client{name: name, key: e.Key, api: c.api(name, e)},
			retries:  max(0, cmp.Or(c.Retries, defaultRetries)),
		}
	}
	return r
}

func (c Config) endpoints() map[string]Endpoint {
	all := map[string]Endpoint{}
	for name, e := range c.Compatible {
		all[name] = e
	}
	all[anthropicName], all[openAIName] = c.Anthropic, c.OpenAI
	return all
}

func (c Config) api(name string, e Endpoint) api {
	g := guard{patience: cmp.Or(c.Patience, defaultPatience)}
	if name == anthropicName {
		return newAnthropic(e, c.httpClient(), g)
	}
	return newOpenAI(name, e, c.httpClient(), g)
}

// httpClient follows no redirects: a key is for the server that it was configured for.
func (c Config) httpClient() *http.Client {
	client := *cmp.Or(c.HTTPClient, http.DefaultClient)
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &client
}

// Find returns the provider of a model such as "anthropic/claude-opus-4-8", and the model's id there, which is what
// stands behind the first slash. Errors are *Error: a model that is not written like this, a provider that nobody
// configured, a key that is missing.
func (r *Registry) Find(model string) (Provider, string, error) {
	name, id, _ := strings.Cut(model, "/")
	if name == "" || id == "" {
		return nil, "", refuse("a model is written PROVIDER/ID, not %q", model)
	}
	if p := r.providers[name]; p != nil {
		return p, id, nil
	}
	if fault := r.faults[name]; fault != "" {
		return nil, "", &Error{Kind: KindAuthentication, Message: fault, Provider: name, Model: id}
	}
	return nil, "", &Error{
		Kind: KindValidation, Provider: name, Model: id,
		Message: "there is no provider of this name; set " + baseURLVariable(name) + ", and " + keyVariable(name) + " if it needs a key",
	}
}
