package protocol

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// prompt is a file of the folder prompts.
type prompt struct {
	place
	text     string
	holes    []hole // {{VARIABLE}}
	includes []hole // {{@path.md}}
	size     int    // with what it includes; 0 = not measured yet
	open     bool   // being measured: who includes it now is part of it
}

// hole is something in a prompt that is to be filled.
type hole struct {
	line int
	name string
}

var (
	// tag is what Render replaces, and what looks like it.
	tag = regexp.MustCompile(`\{\{([^{}\n]*)\}\}`)
	// misspelt is a variable that is not written as it must be.
	misspelt = regexp.MustCompile(`^\s*[A-Z][A-Z0-9_]*\s*([.\[].*)?$`)
)

// readPrompts reads all prompts, used or not.
func (p *parser) readPrompts(files map[string][]byte) {
	p.promptNames = slices.Sorted(maps.Keys(files))
	for _, name := range p.promptNames {
		file := p.file(promptPath(name))
		promptPart.check(file, "prompt", name)
		p.prompts[name] = scan(file, string(files[name]))
		p.agent.prompts[name] = string(files[name])
	}
	for _, name := range p.promptNames {
		p.measure(p.prompts[name])
	}
}

// scan finds what stands in double braces.
func scan(file place, text string) *prompt {
	r := &prompt{place: file, text: text}
	if !utf8.ValidString(text) {
		r.errorf("is not UTF-8")
	}
	line, done := 1, 0
	for _, at := range tag.FindAllStringSubmatchIndex(text, -1) {
		line += strings.Count(text[done:at[0]], "\n")
		done = at[0]
		r.tag(line, text[at[2]:at[3]])
	}
	return r
}

func (r *prompt) tag(line int, inner string) {
	switch path, include := strings.CutPrefix(inner, "@"); {
	case include:
		r.includes = append(r.includes, hole{line, path})
	case upperSnake.matches(inner):
		r.holes = append(r.holes, hole{line, inner})
	case strings.HasPrefix(inner, "#if"):
		r.at(line).errorf("{{%s}}: conditions are not supported", shown(inner))
	case misspelt.MatchString(inner):
		r.at(line).warnf("{{%s}} is left as it is: a variable is written {{NAME}}, without spaces, dots and brackets", shown(inner))
	}
}

func (r *prompt) at(line int) place {
	p := r.place
	p.line = line
	return p
}

// prompt is a key that names a prompt, which sees the variables that are bound.
func (p *parser) prompt(o object, key string, b Bindings) string {
	n, ok := o.values[key]
	if !ok {
		return ""
	}
	name := n.text()
	if p.prompts[name] != nil {
		p.fill(n.path, name, b, map[string]bool{})
	} else if n.isText() {
		n.unknown("prompt", name, p.promptNames)
	}
	return name
}

// fill finds what stays empty in a prompt and in what it includes.
func (p *parser) fill(path, name string, b Bindings, done map[string]bool) {
	r := p.prompts[name]
	if r == nil || done[name] {
		return
	}
	done[name] = true
	for _, h := range r.holes {
		if !b.has(h.name) {
			at := r.at(h.line)
			at.path = path
			at.warnf("{{%s}} is left empty: the input there does not list it", h.name)
		}
	}
	for _, h := range r.includes {
		p.fill(path, includeName(h.name), b, done)
	}
}
