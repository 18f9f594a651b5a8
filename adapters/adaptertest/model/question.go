package model

import "fmt"

type question struct {
	text    string
	options []string
	multi   bool
}

// asked makes questions in the form that all agents' tools have in common. add puts in what one of them has besides.
func asked(questions []question, add func(q question, out object)) []object {
	var all []object
	for i, q := range questions {
		options := []object{}
		for _, o := range q.options {
			options = append(options, object{"label": o, "description": "Choose " + o})
		}
		header := "Choice"
		if len(questions) > 1 {
			header = fmt.Sprintf("Choice %d", i+1)
		}
		out := object{"question": q.text, "header": header, "options": options}
		add(q, out)
		all = append(all, out)
	}
	return all
}
