package protocol

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"regexp"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// yamlTree reads a file with one YAML document. False when there is none to read: that is a fault, too.
func yamlTree(p place, content []byte) (node, bool) {
	var doc, next yaml.Node
	d := yaml.NewDecoder(bytes.NewReader(content))
	err := d.Decode(&doc)
	if errors.Is(err, io.EOF) {
		p.errorf("is empty")
		return node{}, false
	}
	if err == nil {
		err = d.Decode(&next)
	}
	switch {
	case err == nil:
		p.line = next.Line
		p.errorf("must be one YAML document, but another one begins here")
		return node{}, false
	case !errors.Is(err, io.EOF):
		yamlFault(p, err)
		return node{}, false
	}
	p.line = 1
	return node{p, doc.Content[0]}, true
}

var yamlError = regexp.MustCompile(`^yaml: (?:line (\d+): )?`)

// yamlFault tells a fault of the syntax. The reader names no line when it is the first one.
func yamlFault(p place, err error) {
	p.line = 1
	found := yamlError.FindStringSubmatch(err.Error())
	if found != nil && found[1] != "" {
		p.line, _ = strconv.Atoi(found[1])
	}
	p.errorf("is not YAML: %s", yamlError.ReplaceAllString(err.Error(), ""))
}

// jsonTree reads a JSON file into the same tree, so that its faults have lines too.
func jsonTree(p place, content []byte) (node, bool) {
	var v any
	bad := (*json.SyntaxError)(nil)
	if err := json.Unmarshal(content, &v); errors.As(err, &bad) {
		p.line = 1 + bytes.Count(content[:min(int(bad.Offset), len(content))], []byte("\n"))
		p.errorf("is not JSON: %v", err)
		return node{}, false
	}
	r := jsonReader{Decoder: json.NewDecoder(bytes.NewReader(content)), content: content, line: 1}
	r.UseNumber()
	tree := r.value()
	p.line = 1
	return node{p, tree}, true
}

// jsonReader makes a tree of JSON that is known to be valid.
type jsonReader struct {
	*json.Decoder
	content []byte
	read    int // of content
	line    int // at read
}

func (r *jsonReader) value() *yaml.Node {
	token, _ := r.Token()
	to := int(r.InputOffset())
	r.line += bytes.Count(r.content[r.read:to], []byte("\n"))
	r.read = to
	switch t := token.(type) {
	case json.Delim:
		return r.composite(t)
	case string:
		return r.scalar("!!str", t)
	case json.Number:
		return r.scalar(numberTag(t), t.String())
	case bool:
		return r.scalar("!!bool", strconv.FormatBool(t))
	}
	return r.scalar("!!null", "")
}

func (r *jsonReader) composite(open json.Delim) *yaml.Node {
	n := &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map", Line: r.line}
	if open == '[' {
		n.Kind, n.Tag = yaml.SequenceNode, "!!seq"
	}
	for r.More() {
		n.Content = append(n.Content, r.value())
	}
	_, _ = r.Token() // the end of it
	return n
}

func (r *jsonReader) scalar(tag, value string) *yaml.Node {
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: tag, Value: value, Line: r.line}
}

func numberTag(n json.Number) string {
	if strings.ContainsAny(n.String(), ".eE") {
		return "!!float"
	}
	return "!!int"
}
