package mock

// commands are chosen by a message's first word.
var commands = map[string]func(p string) script{
	"help":        func(p string) script { return message(p+"_help", helpText) },
	"demo":        demo,
	"markdown":    markdown,
	"tool":        tool,
	"tools":       tool,
	"tooling":     tool,
	"status":      status,
	"image":       image,
	"unknown":     unknown,
	"permission":  func(p string) script { return append(permissions(p), answers) },
	"permissions": func(p string) script { return append(permissions(p), answers) },
	"question":    func(p string) script { return append(questions(p), answers) },
	"questions":   func(p string) script { return append(questions(p), answers) },
	"error":       failure,
	"unparsed":    unparsed,
	"end":         end,
	"ended":       end,
	"session.end": end,
}

// sentences are chosen by a whole message, in lower case.
var sentences = map[string]func(p string) script{
	"reply with exactly the single word ok.":                     func(p string) script { return message(p+"_ok", "OK") },
	"reply with exactly the word first.":                         func(p string) script { return message(p+"_first", "FIRST") },
	"reply with exactly the word second.":                        func(p string) script { return message(p+"_second", "SECOND") },
	"provide a short status update.":                             status,
	"answer briefly and include your reasoning.":                 rich,
	"list files in the current directory using available tools.": func(p string) script { return script{list(p), answers} },
	"use the bash tool to run `ls` in the current directory. do not answer without using the tool.": func(p string) script {
		return append(script{list(p)}, tool(p)...)
	},
	"use the askuserquestion tool to ask exactly one yes/no question, then wait for a reply. do not answer yourself.": proceed,
	"call the askuserquestion tool with exactly one yes/no question and wait for a reply. do not answer yourself.":    proceed,
}
