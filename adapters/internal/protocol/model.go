package protocol

import (
	"fmt"
	"regexp"
)

// Model names a model: by its provider and the provider's own id, or by a variable whose value names it.
type Model struct {
	Provider string // as in the definition; which providers there are is not this package's to know
	ID       string
	Variable string // holds "provider/id" when a session runs; Provider and ID are empty then
}

var modelName = regexp.MustCompile(`^([a-z0-9]+(?:-[a-z0-9]+)*)/([^\s/][^\s]*)$`)

// ParseModel reads "provider/id". The id may have slashes.
func ParseModel(s string) (Model, error) {
	parts := modelName.FindStringSubmatch(s)
	if parts == nil {
		return Model{}, fmt.Errorf("a model is named provider/id, such as anthropic/claude-sonnet-4-5, not %s", shown(s))
	}
	return Model{Provider: parts[1], ID: parts[2]}, nil
}

// String is the model as a definition names it.
func (m Model) String() string {
	if m.Variable != "" {
		return m.Variable
	}
	return m.Provider + "/" + m.ID
}
