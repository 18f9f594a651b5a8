package adaptertest

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/parleyhq/parley/adapters"
	"github.com/parleyhq/parley/openapi"
)

// TurnFunc is an agent's side of one turn.
type TurnFunc func(ctx context.Context, in adapters.Input, h adapters.Host) (adapters.Outcome, error)

// HostHarness is a session whose agent is a function. Its methods may be called from any goroutine of the test's bubble,
// the function's too.
type HostHarness interface {
	// Turn gives the session a message and returns; body is run as the agent's turn.
	Turn(body TurnFunc)
	// Log is the session's durable log. The suite looks at what agents say and ask, and passes over the rest.
	Log() []openapi.Event
	// AnswerPermission answers a request as a user does, and returns when that is accepted or refused.
	AnswerPermission(id string, reply openapi.PermissionReply) error
	// AnswerQuestion answers a question.
	AnswerQuestion(id string, answers [][]string) error
	// RejectQuestion refuses to answer a question.
	RejectQuestion(id string) error
	// AnswerTool gives the result of a tool call.
	AnswerTool(id string, result adapters.ToolResult) error
	// Interrupt interrupts the running turn.
	Interrupt()
	// Stall keeps new events from becoming durable until resume is called.
	Stall() (resume func())
	// Fail lets every append from now on fail.
	Fail(err error)
}

// RunHost is the suite that Host and the real session pass: what an adapters.Host promises to agents.
// Each test runs in a testing/synctest bubble of its own: the harness is made inside it, and all that it starts ends by
// the test's cleanups.
func RunHost(t *testing.T, harness func(t *testing.T) HostHarness) {
	for _, topic := range hostSuite {
		t.Run(topic.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				topic.test(t, &hostTest{HostHarness: harness(t), test: t})
			})
		})
	}
}

var hostSuite = slices.Concat(emitSuite, askSuite, toolSuite, endSuite)

type hostTopic struct {
	name string
	test func(t *testing.T, h *hostTest)
}

// hostTest is a harness as the suite's tests use it.
type hostTest struct {
	HostHarness
	test *testing.T
}

// turn runs body as a turn. The channel is closed when body has returned.
func (h *hostTest) turn(body func(ctx context.Context, host adapters.Host)) <-chan struct{} {
	returned := make(chan struct{})
	h.Turn(func(ctx context.Context, _ adapters.Input, host adapters.Host) (adapters.Outcome, error) {
		defer close(returned)
		body(ctx, host)
		if ctx.Err() != nil {
			return adapters.Outcome{Status: openapi.TurnStatusInterrupted}, nil
		}
		return adapters.Outcome{Status: openapi.TurnStatusCompleted}, nil
	})
	return returned
}

// settled waits until nothing moves any more and says what is in the log by then.
func (h *hostTest) settled() []string {
	synctest.Wait()
	return h.said()
}

// said renders what the agent said and asked, and how that was resolved: "item.delta a hello", "permission.requested p".
func (h *hostTest) said() []string {
	var said []string
	for _, e := range h.Log() {
		if line := render(e); line != "" {
			said = append(said, line)
		}
	}
	return said
}

// is compares what was said with what should have been.
func (h *hostTest) is(got []string, want ...string) {
	h.test.Helper()
	if !slices.Equal(got, want) {
		h.test.Errorf("the log is\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// over fails when a turn's function has not returned although nothing moves any more.
func (h *hostTest) over(returned <-chan struct{}) {
	h.test.Helper()
	synctest.Wait()
	select {
	case <-returned:
	default:
		h.test.Fatalf("the turn hangs; the log is\n%s", strings.Join(h.said(), "\n"))
	}
}

// blocked fails when a turn's function has returned although it should wait for something.
func (h *hostTest) blocked(returned <-chan struct{}) {
	h.test.Helper()
	synctest.Wait()
	select {
	case <-returned:
		h.test.Fatalf("the turn did not wait; the log is\n%s", strings.Join(h.said(), "\n"))
	default:
	}
}

// no fails the test on an error.
func (h *hostTest) no(err error) {
	h.test.Helper()
	if err != nil {
		h.test.Error(err)
	}
}

// render is empty for events that are the session's own affair: lifecycle, the user's items, synthetic ones.
func render(e openapi.Event) string {
	words := []string{e.Type()}
	switch d := e.Data.(type) {
	case openapi.ItemStartedData:
		words = append(words, nativeID(d.Item))
		if e.Synthetic || isUser(d.Item) {
			return ""
		}
	case openapi.ItemCompletedData:
		words = append(words, nativeID(d.Item))
		if isUser(d.Item) {
			return ""
		}
	case openapi.ItemDeltaData:
		if e.Synthetic || d.NativeItemID == nil {
			return ""
		}
		words = append(words, *d.NativeItemID, d.Delta)
	case openapi.ErrorData:
		words = append(words, d.Message)
	case openapi.PermissionRequestedData:
		words = append(words, d.PermissionID)
	case openapi.PermissionResolvedData:
		words = append(words, d.PermissionID, string(d.Status))
	case openapi.QuestionRequestedData:
		words = append(words, d.QuestionID)
	case openapi.QuestionResolvedData:
		words = append(words, d.QuestionID, string(d.Status))
		for _, answer := range d.Answers {
			words = append(words, strings.Join(answer, "+"))
		}
	case openapi.ToolRequestedData:
		words = append(words, d.ToolCallID)
	case openapi.ToolResolvedData:
		words = append(words, d.ToolCallID, string(d.Status), string(d.Result), d.Error)
	default:
		return ""
	}
	return strings.Join(words, " ")
}

func isUser(item openapi.Item) bool { return item.Role != nil && *item.Role == openapi.ItemRoleUser }

func ended(e openapi.Event) bool { return e.Type() == openapi.EventTurnEnded }

// What the suite's agents say.

func startedOutput(id string) openapi.Output {
	return openapi.ItemStarted{Item: openapi.Item{
		NativeItemID: &id, Kind: openapi.ItemKindMessage, Role: new(openapi.ItemRoleAssistant),
		Status: openapi.ItemStatusInProgress, Content: openapi.Parts(),
	}}
}

func deltaOutput(id, text string) openapi.Output {
	return openapi.ItemDelta{NativeItemID: id, Delta: text}
}

func completedOutput(id, text string) openapi.Output {
	return openapi.ItemCompleted{Item: openapi.Item{
		NativeItemID: &id, Kind: openapi.ItemKindMessage, Role: new(openapi.ItemRoleAssistant),
		Status: openapi.ItemStatusCompleted, Content: openapi.Parts(openapi.TextPart{Text: text}),
	}}
}

func failureOutput(text string) openapi.Output {
	return openapi.Failure{Data: openapi.ErrorData{Message: text}}
}

// everyOutput has one of each kind. The agent goes on after each.
func everyOutput() []openapi.Output {
	yes, raw := true, json.RawMessage(`{"r":1}`)
	return []openapi.Output{
		openapi.NativeSession{ID: "native"},
		openapi.BlockStarted{Raw: raw, Data: openapi.BlockStartedData{
			BlockID: "b", Index: 1, Name: "Answer", Type: "next-message", Display: "stream", OutputToChat: &yes,
		}},
		startedOutput("a"),
		deltaOutput("a", "all"),
		completedOutput("a", "all"),
		openapi.Usage{Raw: raw, Data: openapi.UsageUpdatedData{InputTokens: 1, OutputTokens: 2}},
		openapi.ResourceUpdated{Raw: raw, Data: openapi.ResourceUpdatedData{Name: "NOTES", Value: json.RawMessage(`{"a":null}`)}},
		openapi.VariableUpdated{Raw: raw, Data: openapi.VariableUpdatedData{Name: "ANSWER", Value: json.RawMessage(`null`)}},
		openapi.Failure{Raw: raw, Data: openapi.ErrorData{Message: "oh"}},
		openapi.Unparsed{Raw: raw, Data: openapi.AgentUnparsedData{Error: "what", Location: "here"}},
		openapi.BlockEnded{Raw: raw, Data: openapi.BlockEndedData{BlockID: "b", Summary: "done"}},
		openapi.Ended{Raw: raw, Data: openapi.SessionEndedData{
			Reason: openapi.SessionEndReasonCompleted, TerminatedBy: openapi.EventSourceAgent,
		}},
	}
}

func permissionRequest(id string) adapters.PermissionRequest {
	return adapters.PermissionRequest{ID: id, Action: "act on " + id}
}

func questionRequest(id string) adapters.QuestionRequest {
	options := []openapi.QuestionOption{{Label: "yes"}, {Label: "no"}}
	return adapters.QuestionRequest{ID: id, Questions: []openapi.QuestionDetail{
		{Question: "first?", Header: "one", Options: options},
		{Question: "second?", Header: "two", Options: options, MultiSelect: true},
	}}
}
