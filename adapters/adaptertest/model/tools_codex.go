package model

import (
	"encoding/json"
	"fmt"
	"strings"
)

// codex is the toolbox of Codex, which depends on the model: in "code mode" its tools are functions for a tool that
// runs JavaScript.
func codex(offered offers) toolbox {
	return func(c call) (string, any) {
		name, input := codexCall(offered, c)
		tool, found := offered.find(name)
		if script, ok := offered.find("exec"); ok && !found && script.Type == "custom" {
			return "exec", codexScript(name, input)
		}
		if text, ok := input.(freeform); ok && tool.Type == "function" {
			return name, object{"input": string(text)}
		}
		return name, input
	}
}

func codexCall(offered offers, c call) (string, any) {
	switch c.verb {
	case "run":
		return codexShell(offered, c)
	case "read":
		return codexShell(offered, call{text: "cat " + quote(c.path)})
	case "write":
		return codexPatch(offered, patch(added(c)))
	case "edit":
		return codexPatch(offered, patch(changed(c)))
	case "ask":
		return "request_user_input", object{"questions": codexQuestions(c.questions)}
	case "plan":
		return "update_plan", object{"plan": codexPlan(c.text)}
	}
	return c.name, codexInput(offered, c)
}

// codexInput reads the JSON string that a script has for the text of a custom tool.
func codexInput(offered offers, c call) any {
	var text string
	if tool, _ := offered.find(c.name); tool.Type == "custom" && json.Unmarshal(c.input, &text) == nil {
		return freeform(text)
	}
	return c.input
}

// codexWait is how long a command may take, in milliseconds: the most before Codex puts it into the background.
const codexWait = 30_000

// codexShell calls the shell that is offered. Its name and its input have changed over time.
func codexShell(offered offers, c call) (string, any) {
	name, input := "exec_command", object{"cmd": c.text, "yield_time_ms": codexWait}
	if _, ok := offered.find("shell_command"); ok {
		name, input = "shell_command", object{"command": c.text}
	} else if _, ok := offered.find("shell"); ok {
		name, input = "shell", object{"command": []string{"bash", "-c", c.text}}
	}
	if c.escalate {
		input["sandbox_permissions"] = "require_escalated"
		input["justification"] = "May the scripted command run outside of the sandbox?"
	}
	return name, input
}

// codexPatch calls the tool for patches, or a shell that knows it as a command when there is none.
func codexPatch(offered offers, patch string) (string, any) {
	_, direct := offered.find("apply_patch")
	_, script := offered.find("exec")
	if direct || script {
		return "apply_patch", freeform(patch)
	}
	return codexShell(offered, call{text: "apply_patch <<'PATCH'\n" + patch + "PATCH"})
}

// codexScript is JavaScript that calls a tool and shows its result.
func codexScript(name string, input any) freeform {
	if text, ok := input.(freeform); ok {
		input = string(text)
	}
	encoded, _ := json.Marshal(input) // strings and JSON: cannot fail
	return freeform(fmt.Sprintf("const result = await tools[%q](%s);\ntext(result?.output ?? result);\n", name, encoded))
}

// codexQuestions have an id, by which the answers are found, and one answer each.
func codexQuestions(questions []question) []object {
	all := asked(questions, func(question, object) {})
	for i, q := range all {
		q["id"] = fmt.Sprintf("q%d", i+1)
	}
	return all
}

// codexPlan is for a tool that version 0.169.0 offers when its configuration has tools.update_plan={enabled=true}.
func codexPlan(text string) []object {
	var steps []object
	for _, s := range todos(text) {
		steps = append(steps, object{"step": s.text, "status": s.status})
	}
	return steps
}

func quote(word string) string { return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'" }
