package protocol

import "strings"

// maxPrompt is how long a prompt may be with what it includes: prompts that include each other many times grow without end.
const maxPrompt = 1 << 20

// Prompt is the text of a prompt, for Render: {{@path.md}} is replaced by that file of the folder prompts. What is included
// may include others, and has variables as the text around it. A prompt that there is not is empty.
func (a *Agent) Prompt(name string) string {
	return tag.ReplaceAllStringFunc(a.prompts[name], func(found string) string {
		if path, ok := strings.CutPrefix(found, "{{@"); ok {
			return a.Prompt(includeName(strings.TrimSuffix(path, "}}")))
		}
		return found
	})
}

// includeName is the prompt that {{@path}} includes. Without the file's ending it is none.
func includeName(path string) string {
	name, ok := strings.CutSuffix(path, promptExt)
	if !ok {
		return ""
	}
	return name
}

// measure finds how long a prompt is with what it includes, and that it does not include itself.
func (p *parser) measure(r *prompt) {
	if r.size > 0 {
		return
	}
	r.open = true
	r.size = max(1, len(r.text))
	for _, h := range r.includes {
		r.size = min(r.size+p.included(r.at(h.line), h.name), maxPrompt+1)
	}
	r.open = false
	if r.size > maxPrompt {
		r.errorf("is longer than %d bytes with what it includes", maxPrompt)
	}
}

// included is how long an included prompt is.
func (p *parser) included(from place, path string) int {
	other := p.prompts[includeName(path)]
	switch {
	case other == nil:
		files := make([]string, len(p.promptNames))
		for i, name := range p.promptNames {
			files[i] = name + promptExt
		}
		from.unknown("prompt", path, files)
		return 0
	case other.open:
		from.errorf("%s includes itself", path)
		return 0
	}
	p.measure(other)
	return other.size
}
