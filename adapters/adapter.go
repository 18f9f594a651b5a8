// Package adapters is the seam to agents: what a session asks of an agent, and what an agent may ask of its session.
// An adapter is one folder below this one. It imports openapi, this package and adapters/internal, never the
// server and never another adapter; adapters/all lists them, and every one passes adaptertest.
package adapters

import (
	"context"
	"encoding/json"
	"iter"

	"github.com/parleyhq/parley/openapi"
)

// Adapter makes agents of one kind. Its methods are safe for concurrent use.
//
// What only some adapters can do is a small interface of its own: Preparer, Triggerer, Defaulter, ModelLister, NativeNamer,
// UserNamer, Installer.
type Adapter interface {
	// Info describes the adapter and what is installed. It is asked often: it starts no program that it started before.
	Info(ctx context.Context) Info
	// Open starts an agent for a session: a new one, or the one named in o.NativeSessionID. It may put off the start of
	// a process to the first Turn. ErrNotInstalled when there is nothing to start.
	Open(ctx context.Context, o Options) (Agent, error)
}

// Agent is one session's agent. A session calls Turn for one turn at a time; Close may come at any time.
type Agent interface {
	// Turn gives the agent a message and blocks until the turn is over. A cancelled ctx is an interrupt: Turn then still
	// says its last words through h and returns within seconds.
	// An error says that this Agent is of no use any more: it is closed, and the next turn opens another one.
	// An *ExitError carries how its process died. A turn that failed while the agent lives on is an Outcome.
	Turn(ctx context.Context, in Input, h Host) (Outcome, error)
	// Close ends the agent and leaves no process behind, whatever a Turn is doing; when ctx ends, by force.
	Close(ctx context.Context) error
}

// Host is the session as an agent sees it during one Turn. Its methods are safe for concurrent use and must not be called
// after Turn has returned. What it is handed is the host's: the caller must not change it afterwards.
type Host interface {
	// Emit hands an output over and returns; it blocks only while 512 events or 256 KiB of this turn wait to become
	// durable. Order is kept. It takes no ctx: an interrupted turn still says its last words. After a failed append every
	// call returns that error, and the turn's ctx is cancelled.
	Emit(openapi.Output) error
	// AskPermission appends the request, and everything that was emitted before it, and returns. Several may be open.
	AskPermission(PermissionRequest) (Pending[openapi.PermissionReply], error)
	// AskQuestion does the same for a question.
	AskQuestion(QuestionRequest) (Pending[QuestionReply], error)
	// CallTool does the same for a tool that the client executes. A turn that ends suspended leaves its calls open, and must
	// not be waiting for them.
	CallTool(ToolCall) (Pending[ToolResult], error)
}

// Pending is a request that waits for its answer.
type Pending[T any] interface {
	// Wait blocks for the answer, which the log has before Wait returns. A cancelled ctx withdraws the request: it is
	// resolved as rejected by the server, and Wait returns ctx's error. Called once.
	Wait(ctx context.Context) (T, error)
}

// Info is what an adapter says of itself.
type Info struct {
	openapi.AgentInfo
	// Modes are the values that agentMode may have; the first one is the default.
	Modes []openapi.AgentMode
	// AnyMode lets agentMode be any text.
	AnyMode bool
	// PermissionModes maps the values that permissionMode may have to what becomes of them.
	PermissionModes map[string]string
	// DefaultModel is the model of sessions that name none.
	DefaultModel string
	// SaysMessages says that the agent itself emits the user's messages as items, where its declaration has them. A message is
	// then the trigger user-message.
	SaysMessages bool
	// Takes says which optional parts of a create request the agent can honour; the others are refused.
	Takes Takes
}

// Takes lists the parts of a create request that not every agent honours.
type Takes struct{ Model, Variant, AgentVersion, Directory, MCP, Skills, Input, ClientTools bool }

// Options are the facts of a session that an agent is started with. They are the same for every start but for the
// NativeSessionID, which may be learnt on the way.
type Options struct {
	SessionID       string
	NativeSessionID string // the agent's own name for the session; empty while unknown
	AgentMode       string
	PermissionMode  string
	Model           string // empty = the agent's default
	Variant         string
	AgentVersion    string
	Input           map[string]any // of a declared agent's session
	Directory       string         // absolute; empty = the server's own
	MCP             map[string]openapi.MCPServer
	Skills          openapi.Skills
	// ClientTools are the names of the tools of the client, which the one of MCP that ToolServer names offers; without any it is
	// empty. The agent must be able to call them without a permission, also in calls that take a day, and its adapter names
	// their calls as the client does, by the tool alone. It takes them where Takes.ClientTools says so.
	ClientTools []string
	ToolServer  string
	// History yields the session's events so far, in order, from the one after a sequence on (0 = all): for agents that cannot
	// resume by themselves, and those whose state is the log. Nil in Preparer.Prepare.
	History func(ctx context.Context, after uint64) iter.Seq2[openapi.Event, error]
}

// ClientNames are the client's names of its tools by those that the agent has for them, which full makes. Others' tools may have
// a name that begins alike.
func (o Options) ClientNames(full func(server, tool string) string) map[string]string {
	names := make(map[string]string, len(o.ClientTools))
	for _, tool := range o.ClientTools {
		names[full(o.ToolServer, tool)] = tool
	}
	return names
}

// Input is one message.
type Input struct {
	Number      int    // of the message in its session, from 1
	TurnID      string // of the turn that it begins
	Text        string // with the list of attachments below it; never blank
	Message     string // what the caller said, without that list; may be blank when there are attachments
	Attachments []openapi.Attachment

	Trigger *openapi.TurnTrigger // what began the turn, where that was no message; Text is then its USER_MESSAGE, or empty
	// Results are what the tools gave that a suspended turn has called, by the ids of the calls: the turn goes on. They are
	// all results of the turn so far. Nil at a turn's beginning.
	Results map[string]ToolResult
}

// Outcome says how a turn ended.
type Outcome struct {
	Status       openapi.TurnStatus
	FinishReason string // why the model stopped, where that is known: stop, length, content-filter, other
	// Suspended says that the turn is not over: it waits for the results of the tools that it has called, in nobody's memory,
	// and goes on by another Turn with Input.Results, after a restart of the server too. Status is empty then. A Turn that has
	// called none must not say so: the turn then fails.
	Suspended bool
}

// PermissionRequest asks the user for a permission.
type PermissionRequest struct {
	ID       string         // unique in the session
	Action   string         // what the agent wants to do: its tool, or a kind of action
	Metadata map[string]any // what a user must know to decide; nil = none
	Raw      []byte         // the agent's own request
}

// QuestionRequest asks the user one or several questions at once.
type QuestionRequest struct {
	ID        string                   // unique in the session
	Questions []openapi.QuestionDetail // at least one
	Plain     bool                     // the first question's text and labels say all
	Raw       []byte                   // the agent's own request
}

// QuestionReply answers a QuestionRequest.
type QuestionReply struct {
	Rejected bool
	Answers  [][]string // Answers[i] answers Questions[i]; a missing or empty one is unanswered
}

// ToolCall asks the client to execute a tool.
type ToolCall struct {
	ID             string // unique in the session
	Name           string
	Arguments      json.RawMessage // a JSON object
	Source         openapi.ToolSource
	NativeItemID   string // of the call's item; empty when it has none
	Thread         string // of a declared agent; empty = the main one
	OutputVariable string // where a step keeps the result
	BlockIndex     *int   // of the step that calls
	Raw            []byte // the agent's own request
}

// ToolResult is what became of a tool call.
type ToolResult struct {
	Status openapi.ToolStatus
	Result json.RawMessage // any JSON value; null where there is none
	Error  string          // why there is none
}

// A Preparer has a say before a session is created.
type Preparer interface {
	// Prepare refuses options that the agent cannot honour by an *OptionError, may install what they need, and returns
	// the options that the session keeps. ctx is the create request's.
	Prepare(ctx context.Context, o Options) (Options, error)
}

// A Triggerer takes triggers by other names than user-message, or says itself what the user has said.
type Triggerer interface {
	// CheckTrigger refuses, by an *OptionError, a trigger that the agent does not have, or input that it does not take.
	CheckTrigger(ctx context.Context, o Options, t openapi.TurnTrigger) error
}

// A Defaulter has resources or variables with values from the beginning, which no event of a session tells.
type Defaulter interface {
	// Defaults gives these values by name, as the agent's turns would begin with them now. They are the caller's.
	Defaults(ctx context.Context) Defaults
}

// Defaults are JSON values by name.
type Defaults struct{ Resources, Variables map[string]json.RawMessage }

// A ModelLister can tell its models.
type ModelLister interface {
	// Models may start the agent's program once; the answer is cached by the adapter.
	Models(ctx context.Context) (openapi.AgentModelsResponse, error)
}

// A Steerer is an Agent that can take a message into the turn that runs.
type Steerer interface {
	// Steer hands over a message while Turn runs. It returns when the agent has taken the message and has emitted it, as an
	// item of the user's in its place in the turn. ErrNotSteered says that it did not take it, as when the turn was just
	// about to end: the session then lets the message wait. Several may be called at once, also when no Turn runs.
	Steer(ctx context.Context, in Input) error
}

// A NativeNamer chooses the agent's own name for a session before the agent is started.
type NativeNamer interface{ NativeSessionID(session string) string }

// A UserNamer names the user's messages as items of its agents: they are then not synthetic.
type UserNamer interface{ UserItemID(number int) string }

// An Installer can put its agent's program on this machine.
type Installer interface {
	// Install installs a version beside those that are there, and returns what is then used. An *InstallError says what is
	// missing, an *OptionError that there is no such version.
	Install(ctx context.Context, r InstallRequest) (openapi.AgentInfo, error)
}

// InstallRequest says what to install.
type InstallRequest struct {
	Version  string            // exact, or a tag such as "latest"; empty = the one that the adapter was built for
	Again    bool              // also when it is there
	Progress func(line string) // gets what the installation says; nil = nobody listens
}
