package model

import "slices"

// openCode is the toolbox of OpenCode, which has a patch tool in place of write and edit for some models.
func openCode(offered []string) toolbox {
	patches := slices.Contains(offered, "apply_patch")
	return func(c call) (string, any) {
		switch {
		case c.verb == "write" && patches:
			return "apply_patch", object{"patchText": patch(added(c))}
		case c.verb == "edit" && patches:
			return "apply_patch", object{"patchText": patch(changed(c))}
		}
		return openCodeCall(c)
	}
}

func openCodeCall(c call) (string, any) {
	switch c.verb {
	case "run":
		return "bash", object{"command": c.text, "description": "Run a scripted command"}
	case "write":
		return "write", object{"filePath": c.path, "content": c.text}
	case "read":
		return "read", object{"filePath": c.path}
	case "edit":
		return "edit", object{"filePath": c.path, "oldString": c.old, "newString": c.new}
	case "ask":
		return "question", object{"questions": openCodeQuestions(c.questions)}
	case "plan":
		return "todowrite", object{"todos": openCodeTodos(c.text)}
	}
	return c.name, c.input
}

func openCodeQuestions(questions []question) []object {
	return asked(questions, func(q question, out object) { out["multiple"] = q.multi })
}

func openCodeTodos(plan string) []object {
	var out []object
	for _, t := range todos(plan) {
		out = append(out, object{"content": t.text, "status": t.status, "priority": "medium"})
	}
	return out
}
