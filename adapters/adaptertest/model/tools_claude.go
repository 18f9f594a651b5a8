package model

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
	return asked(questions, func(q question, out object) { out["multiSelect"] = q.multi })
}
