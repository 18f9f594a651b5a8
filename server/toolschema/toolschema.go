// Package toolschema reads the JSON schemas of the arguments of clients' tools, which come from outside. It imports a validator
// of JSON Schema; the session package and the tool server use it.
//
// A schema is self-contained: nothing is loaded from elsewhere, be it a file or an address.
package toolschema

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// Schema is what the arguments of a tool must be.
type Schema struct{ compiled *jsonschema.Schema }

// address is the schema's own, against which its references are read.
const address = "tool://arguments"

// Parse reads a schema, of draft 4 to 2020-12; without a $schema it is of the newest. Its type must be object.
func Parse(text json.RawMessage) (*Schema, error) {
	doc, err := decode(text)
	if err != nil {
		return nil, err
	}
	if object, ok := doc.(map[string]any); !ok || object["type"] != "object" {
		return nil, errors.New("the type must be object")
	}
	c := jsonschema.NewCompiler()
	c.UseLoader(nowhere{})
	if err := c.AddResource(address, doc); err != nil {
		return nil, plain(err)
	}
	compiled, err := c.Compile(address)
	if err != nil {
		return nil, plain(err)
	}
	return &Schema{compiled}, nil
}

// Check says what is wrong with arguments, as a model can read it.
func (s *Schema) Check(args json.RawMessage) error {
	value, err := decode(args)
	if err != nil {
		return err
	}
	if err := s.compiled.Validate(value); err != nil {
		return plain(err)
	}
	return nil
}

// decode reads numbers as most programs do. The validator's own way keeps them exact: 1e999999999 has as many digits then, and
// takes as long.
func decode(text json.RawMessage) (value any, err error) {
	if err := json.Unmarshal(text, &value); err != nil {
		return nil, fmt.Errorf("no JSON: %w", err)
	}
	return value, nil
}

// nowhere loads nothing.
type nowhere struct{}

func (nowhere) Load(string) (any, error) { return nil, errors.New("a schema must not refer to others") }

// plain is an error of the validator without its first line, which tells the schema's address.
func plain(err error) error {
	text := err.Error()
	var invalid *jsonschema.ValidationError
	if _, rest, found := strings.Cut(text, "\n"); found && errors.As(err, &invalid) {
		text = rest
	}
	return errors.New(strings.ReplaceAll(text, address, ""))
}
