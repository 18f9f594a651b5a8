// Package protocol is the definition of a declared agent as data: what an agent's folder says, read, checked and ready to be
// run. It knows no clock, no network and no session.
//
// A definition is three kinds of files:
//
//	settings.json   slug, name, description and format
//	protocol.yaml   the sections input, resources, variables, triggers, tools, types, agent and handlers
//	prompts/*.md    texts for the model with {{VARIABLES}}; folders below are part of a prompt's name
//
// Parse reads them whole and says everything that is wrong at once. Its rules:
//
//   - What is not known is refused, with the nearest known word. What is known from other servers but not done here (skills,
//     references, MCP servers, workers, images, speech, a provider's own tools) is refused by its name. Nothing is ignored.
//   - Slugs, tools, triggers and prompts are named in kebab-case, variables in UPPER_SNAKE_CASE, types in PascalCase,
//     properties and parameters in camelCase.
//   - Session input, resources and variables share one scope. A trigger's own input joins it while its handler runs. There
//     are no built-in variables.
//   - Every trigger has a handler, every handler a trigger: a Trigger has its steps. Their order is the file's.
//   - A thread other than main is started before it is used. That another trigger's handler starts it is only a warning:
//     it may have run before.
//   - An output is a variable of the section variables; set-resource writes the others.
//   - A type does not contain itself. What a model answers with (responseType) is an object type.
//   - A prompt sees the variables that its block's or agent's input lists. Others are left empty, which is a warning.
//   - YAML aliases, merge keys and tags are refused: every value stands where it is used.
//
// It imports the standard library and go.yaml.in/yaml. The adapter for declared agents runs what it gives; routes that take
// definitions check them with it.
package protocol

// Agent is a definition without errors. It is not to be changed: sessions share it.
type Agent struct {
	Files     Files // as they were given, byte for byte
	Settings  Settings
	Input     Fields // of a session
	Resources Fields
	Variables Fields
	Types     map[string]Type
	Tools     map[string]Tool
	Triggers  map[string]Trigger
	Main      Thread // the section agent: how the main thread talks to its model
	prompts   map[string]string
}

// Settings are what settings.json says.
type Settings struct {
	Slug        string
	Name        string
	Description string
	Format      string // always "interactive"
}

// Tool is a function that the consumer executes.
type Tool struct {
	Name        string
	Description string
	Title       string // what is shown with DisplayTitle
	Display     Display
	Parameters  *Object
}

// Trigger is a way to invoke the agent.
type Trigger struct {
	Name        string
	Description string
	Input       Fields
	Steps       []Step
}

// Thread is how a thread talks to its model.
type Thread struct {
	Model       Model
	System      string // name of the system prompt; empty = none
	Input       Bindings
	Tools       []string
	Agentic     bool // several rounds of tool calls may follow each other
	MaxSteps    int  // rounds of one next-message, at least 1
	Temperature *float64
	Thinking    Thinking // empty = none
}

// Main is the thread that every session has.
const Main = "main"

// Thinking is how much a model may reason.
type Thinking string

// The levels, with the tokens that they stand for.
const (
	ThinkingLow    Thinking = "low"    // about 5,000
	ThinkingMedium Thinking = "medium" // about 10,000
	ThinkingHigh   Thinking = "high"   // about 20,000
)

// Display is what users see of a block or of a tool's call.
type Display string

// The display modes.
const (
	DisplayHidden      Display = "hidden"
	DisplayName        Display = "name"
	DisplayDescription Display = "description"
	DisplayStream      Display = "stream" // of tools: the only one whose result is kept
	DisplayTitle       Display = "title"  // since 5.1; older clients drop events that have it
)
