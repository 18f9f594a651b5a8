package acp

import "encoding/json"

// sessionState is what an agent tells of a session's settings. Agents have modes and models by themselves, or among their
// options, or both.
type sessionState struct {
	SessionID string         `json:"sessionId,omitempty"`
	Modes     *modeState     `json:"modes,omitempty"`
	Models    *modelState    `json:"models,omitempty"`
	Options   []configOption `json:"configOptions,omitempty"`
}

type modeState struct {
	Current   string `json:"currentModeId"`
	Available []struct {
		ID          string `json:"id"`
		Name        string `json:"name"`
		Description string `json:"description"`
	} `json:"availableModes"`
}

type modelState struct {
	Current   string `json:"currentModelId"`
	Available []struct {
		ID          string `json:"modelId"`
		Name        string `json:"name"`
		Description string `json:"description"`
	} `json:"availableModels"`
}

type configOption struct {
	ID       string          `json:"id"`
	Category string          `json:"category"`
	Current  json.RawMessage `json:"currentValue"`
	Options  []configValue   `json:"options"`
}

// configValue is a value of an option, or a group of values.
type configValue struct {
	Value       string        `json:"value"`
	Name        string        `json:"name"`
	Description string        `json:"description"`
	Options     []configValue `json:"options,omitempty"`
}

// told says whether the agent has said anything of its settings.
func (s *sessionState) told() bool { return s.Modes != nil || s.Models != nil || s.Options != nil }

// follow takes in what an update says of the settings.
func (s *sessionState) follow(u *update) {
	if u.Options != nil {
		s.Options = u.Options
	}
	if u.Mode != "" && s.Modes != nil {
		s.Modes.Current = u.Mode
	}
}

// modelName is the model that the session has, as far as the agent tells.
func (s *sessionState) modelName() string {
	if model := s.model(); model != nil {
		return model.current
	}
	return ""
}
