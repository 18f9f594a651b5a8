package openapi

import (
	"bytes"
	"encoding/json"
)

// MCPCommand is a program and its arguments. It is read from a string or from a list of strings.
type MCPCommand []string

// UnmarshalJSON takes a string as well as a list.
func (c *MCPCommand) UnmarshalJSON(b []byte) error {
	if bytes.HasPrefix(b, []byte(`"`)) {
		*c = make(MCPCommand, 1)
		return json.Unmarshal(b, &(*c)[0])
	}
	return json.Unmarshal(b, (*[]string)(c))
}

// MCPOAuth says whether, or how, to log in by OAuth. It is read from a boolean or from an object.
type MCPOAuth struct {
	Disabled bool // false was said
	Config   MCPOAuthConfig
}

// UnmarshalJSON takes a boolean as well as an object.
func (o *MCPOAuth) UnmarshalJSON(b []byte) error {
	var enabled bool
	if json.Unmarshal(b, &enabled) == nil {
		o.Disabled = !enabled
		return nil
	}
	return json.Unmarshal(b, &o.Config)
}

// MarshalJSON writes what was read.
func (o MCPOAuth) MarshalJSON() ([]byte, error) {
	if o.Config == (MCPOAuthConfig{}) {
		return json.Marshal(!o.Disabled)
	}
	return json.Marshal(o.Config)
}

// Canonical is the server under the contract's own spelling: local or remote, env, envHeaders, timeoutMs.
func (s MCPServer) Canonical() MCPServer {
	switch s.Type {
	case "stdio":
		s.Type = "local"
	case "http":
		s.Type = "remote"
	}
	s.Env, s.Environment = firstMap(s.Env, s.Environment), nil
	s.EnvHeaders = firstMap(s.EnvHeaders, s.EnvHTTPHeaders, s.EnvHTTPHeadersSnake)
	s.EnvHTTPHeaders, s.EnvHTTPHeadersSnake = nil, nil
	if s.TimeoutMs == 0 {
		s.TimeoutMs = s.Timeout
	}
	s.Timeout = 0
	return s
}

func firstMap(maps ...StringMap) StringMap {
	for _, m := range maps {
		if m != nil {
			return m
		}
	}
	return nil
}
