package protocol

import "encoding/json"

// What other servers know and this one does not, of the agent and of start-thread.
const otherSettings = "skills references mcpServers workers imageModel videoModel backupModel webSearch todoList " +
	"sandboxTimeout speed cache maxOutputTokens maxToolOutputTokens loopGuard contextManagement anthropic openai google"

var (
	agentKeys = keys{
		known:   words("model system input tools agentic maxSteps temperature thinking"),
		refused: words(otherSettings),
	}
	startKeys = keys{
		known:   words("block display description thread model system input tools maxSteps temperature thinking"),
		refused: words(otherSettings),
	}
)

// defaultSteps is how many rounds of tool calls there may be where the definition does not say.
const defaultSteps = 10

// main reads the section agent.
func (p *parser) main(n node) {
	o := n.object(agentKeys)
	o.need("model")
	o.need("system")
	p.agent.Main = p.readThread(o, &p.session)
	p.agent.Main.Agentic = o.flag("agentic", false)
}

// readThread reads what the agent and start-thread have in common.
func (p *parser) readThread(o object, s *scope) Thread {
	t := Thread{
		Input:       s.bindings(o),
		Tools:       p.toolList(o),
		MaxSteps:    defaultSteps,
		Temperature: temperature(o),
		Thinking:    choice(o, "thinking", "", ThinkingLow, ThinkingMedium, ThinkingHigh),
	}
	if n, ok := o.values["model"]; ok {
		t.Model = s.model(n)
	}
	if n, ok := o.values["maxSteps"]; ok {
		t.MaxSteps = n.count()
	}
	t.System = p.prompt(o, "system", t.Input)
	return t
}

func (p *parser) toolList(o object) []string {
	n, ok := o.values["tools"]
	if !ok {
		return nil
	}
	var all []string
	for _, item := range n.set() {
		all = append(all, p.toolNamed(item).Name)
	}
	return all
}

func (p *parser) toolNamed(n node) Tool {
	name := n.text()
	t, ok := p.agent.Tools[name]
	if !ok && n.isText() {
		n.unknown("tool", name, p.toolNames)
	}
	return t
}

// model reads provider/id or the name of a variable.
func (s *scope) model(n node) Model {
	name := n.text()
	if upperSnake.matches(name) {
		return Model{Variable: s.variable(n)}
	}
	m, err := ParseModel(name)
	if err != nil && n.isText() {
		n.errorf("%v; or by a variable that holds such a name", err)
	}
	return m
}

func (n node) count() int {
	number, _ := n.value().(json.Number)
	count, err := number.Int64()
	if err != nil || count < 1 {
		n.errorf("must be a whole number of at least 1")
	}
	return int(count)
}

func temperature(o object) *float64 {
	n, ok := o.values["temperature"]
	if !ok {
		return nil
	}
	number, _ := n.value().(json.Number)
	degree, err := number.Float64()
	if err != nil || degree < 0 || degree > 2 {
		n.errorf("must be a number from 0 to 2")
	}
	return &degree
}
