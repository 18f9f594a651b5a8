package model

// geminiCLI is the toolbox of Gemini CLI. Which of its tools are offered depends on its mode and on the model: version
// 0.61.0 knows write_todos with models of the generation 2 only, and ask_user not over ACP.
func geminiCLI(c call) (string, any) {
	switch c.verb {
	case "run":
		return "run_shell_command", object{"command": c.text, "description": "Run a scripted command"}
	case "write":
		return "write_file", object{"file_path": c.path, "content": c.text}
	case "read":
		return "read_file", object{"file_path": c.path}
	case "edit":
		return "replace", object{"file_path": c.path, "old_string": c.old, "new_string": c.new, "instruction": "Make the scripted change"}
	case "ask":
		return "ask_user", object{"questions": geminiQuestions(c.questions)}
	case "plan":
		return "write_todos", object{"todos": geminiTodos(c.text)}
	}
	return c.name, c.input
}

func geminiQuestions(questions []question) []object {
	return asked(questions, func(q question, out object) { out["type"], out["multiSelect"] = "choice", q.multi })
}

func geminiTodos(plan string) []object {
	var out []object
	for _, t := range todos(plan) {
		out = append(out, object{"description": t.text, "status": t.status})
	}
	return out
}
