package model

import "fmt"

type object = map[string]any

// claudeCode is the toolbox of Claude Code.
func claudeCode(c call) (string, any) {
	switch c.verb {
	case "run":
		return "Bash", object{"command": c.text, "description": "Run a scripted command"}
	case "write":
		return "Write", object{"file_path": c.path, "content": c.text}
	case "read":
		return "Read", object{"file_path": c.path}
	case "edit":
		return "Edit", object{"file_path": c.path, "old_string": c.old, "new_string": c.new}
	case "plan":
		return "ExitPlanMode", object{"plan": c.text}
	case "ask":
		return "AskUserQuestion", object{"questions": claudeQuestions(c.questions)}
	}
	return c.name, c.input
}

func claudeQuestions(questions []question) []object {
	var out []object
	for i, q := range questions {
		options := []object{}
		for _, o := range q.options {
			options = append(options, object{"label": o, "description": "Choose " + o})
		}
		header := "Choice"
		if len(questions) > 1 {
			header = fmt.Sprintf("Choice %d", i+1)
		}
		out = append(out, object{"question": q.text, "header": header, "options": options, "multiSelect": q.multi})
	}
	return out
}
