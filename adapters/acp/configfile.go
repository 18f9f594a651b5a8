package acp

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"go.yaml.in/yaml/v3"
)

// configFile is a file that lists agents.
type configFile struct {
	Agents []agentEntry `json:"agents" yaml:"agents"`
}

type agentEntry struct {
	ID      string            `json:"id" yaml:"id"`
	Name    string            `json:"name" yaml:"name"`
	Command string            `json:"command" yaml:"command"`
	Args    []string          `json:"args" yaml:"args"`
	Env     map[string]string `json:"env" yaml:"env"`
}

// ReadConfig reads a file, in YAML or JSON, that lists agents:
//
//	agents:
//	  - id: goose
//	    name: Goose
//	    command: goose
//	    args: [acp]
//	    env: {GOOSE_MODE: approve}
//
// Only the command is required; an id is where there is more than one. What is not known is refused. An error names the file and
// the field.
func ReadConfig(path string) ([]Config, error) {
	content, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var file configFile
	if err := parseStrict(content, &file); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	var configs []Config
	seen := map[string]bool{}
	for i, entry := range file.Agents {
		config, err := entry.config(seen)
		if err != nil {
			return nil, fmt.Errorf("%s: agents[%d].%w", path, i, err)
		}
		configs = append(configs, config)
	}
	return configs, nil
}

// parseStrict refuses unknown fields, and anything after the document.
func parseStrict(content []byte, file *configFile) error {
	decode := yamlDecoder(content)
	if bytes.HasPrefix(bytes.TrimSpace(content), []byte("{")) {
		in := json.NewDecoder(bytes.NewReader(content))
		in.DisallowUnknownFields()
		decode = in.Decode
	}
	if err := decode(file); err != nil && !errors.Is(err, io.EOF) { // an empty file lists nothing
		return readable(err)
	}
	if err := decode(&struct{}{}); !errors.Is(err, io.EOF) {
		return errors.New("there is more than one document in the file")
	}
	return nil
}

func yamlDecoder(content []byte) func(any) error {
	in := yaml.NewDecoder(bytes.NewReader(content))
	in.KnownFields(true)
	return in.Decode
}

// readable takes the names of types here out of an error.
func readable(err error) error {
	said := err.Error()
	for _, name := range []string{" in type acp.configFile", " in type acp.agentEntry"} {
		said = strings.ReplaceAll(said, name, "")
	}
	said = strings.ReplaceAll(said, "acp.agentEntry", "an agent")
	return errors.New(strings.ReplaceAll(said, "acp.configFile", "a list of agents"))
}

func (e agentEntry) config(seen map[string]bool) (Config, error) {
	if e.ID == "" {
		e.ID = DefaultID
	}
	if err := CheckID(e.ID); err != nil {
		return Config{}, err
	}
	switch {
	case seen[e.ID]:
		return Config{}, fmt.Errorf("id %q: is there twice", e.ID)
	case strings.TrimSpace(e.Command) == "":
		return Config{}, errors.New("command: is missing")
	}
	seen[e.ID] = true
	for name := range e.Env {
		if name == "" || strings.ContainsAny(name, "=\x00") {
			return Config{}, fmt.Errorf("env: %q is not the name of a variable", name)
		}
	}
	return Config{ID: e.ID, Name: e.Name, Command: e.Command, Args: e.Args, Env: e.Env}, nil
}
