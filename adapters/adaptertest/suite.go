package adaptertest

import (
	"context"
	"iter"
	"slices"
	"testing"
	"time"

	"github.com/parleyhq/parley/adapters"
	"github.com/parleyhq/parley/openapi"
)

// Subject is an adapter under test and what it takes to make its agent do things.
type Subject struct {
	Adapter adapters.Adapter
	// Options are what the agent is opened with; the suite fills in NativeSessionID and History.
	Options adapters.Options
	Say     Messages
	// Left lists the processes of the agent that are there, for people to read. Nil when it starts none.
	Left func(t testing.TB) []string
	// HeardPermission tells from what the agent said in a turn whether this reply has reached it. Nil when it cannot
	// be seen.
	HeardPermission func(reply openapi.PermissionReply, said []openapi.Output) bool
	// HeardQuestion does the same for the reply to a question.
	HeardQuestion func(reply adapters.QuestionReply, said []openapi.Output) bool
	// Turn is how long a turn may take; 0 = a minute.
	Turn time.Duration
	// Grace is how long an agent may take to give in to an interrupt or to close; 0 = 10 seconds.
	Grace time.Duration
}

// Messages make the agent do each thing. An empty one says that it cannot, which for Stream, Permission and Question
// must agree with its capabilities.
type Messages struct {
	Text        string // answers in a few words; required
	Stream      string // answers in several deltas
	Long        string // says something and then goes on until it is interrupted; required
	Permission  string // asks one permission, then ends
	Permissions string // asks two permissions before it waits for an answer
	Question    string // asks one question with options, then ends
	Questions   string // asks several questions in one request
	Crash       string // its process dies in mid-turn, after it has said something
	Flood       string // says 10 MiB or more
	Garbage     string // sends what the adapter cannot know
}

// Run is the suite that every adapter passes. subject is called once for each test.
func Run(t *testing.T, subject func(t *testing.T) Subject) {
	for _, topic := range topics {
		t.Run(topic.name, func(t *testing.T) {
			s := subject(t)
			if topic.message != nil && topic.message(s.Say) == "" {
				t.Skip("the agent has no message for this")
			}
			topic.test(t, s.withDefaults())
		})
	}
}

// A topic is one behaviour. message picks the message that the agent must have for it.
type topic struct {
	name    string
	message func(Messages) string
	test    func(t *testing.T, s Subject)
}

var topics = slices.Concat(
	infoTopics, plainTopics, interruptTopics, permissionTopics, questionTopics, crashTopics, resumeTopics, closeTopics, hostTopics,
)

func (s Subject) withDefaults() Subject {
	if s.Turn == 0 {
		s.Turn = time.Minute
	}
	if s.Grace == 0 {
		s.Grace = 10 * time.Second
	}
	return s
}

// session is a subject's agent together with its session.
type session struct {
	Subject
	host  *Host
	agent adapters.Agent
}

// open opens the subject's agent for a new session, which is closed at the end of the test.
func open(t *testing.T, s Subject) *session {
	t.Helper()
	host := NewHost()
	host.Timeout = s.Turn
	run := &session{Subject: s, host: host}
	if namer, ok := s.Adapter.(adapters.NativeNamer); ok {
		run.Options.NativeSessionID = namer.NativeSessionID(s.Options.SessionID)
		host.stamp.native = &run.Options.NativeSessionID
	}
	run.Options.History = func(_ context.Context, after uint64) iter.Seq2[openapi.Event, error] {
		return func(yield func(openapi.Event, error) bool) {
			for _, e := range host.Log() {
				if e.Sequence > after && !yield(e, nil) {
					return
				}
			}
		}
	}
	run.reopen(t)
	return run
}

// reopen opens the agent once more, for the same session.
func (s *session) reopen(t *testing.T) {
	t.Helper()
	for _, o := range s.host.Outputs() {
		if native, ok := o.(openapi.NativeSession); ok {
			s.Options.NativeSessionID = native.ID
		}
	}
	agent, err := s.Adapter.Open(t.Context(), s.Options)
	if err != nil {
		t.Fatalf("Open: %v", err)
	}
	s.agent = agent
	t.Cleanup(func() { s.close(t, agent) })
}

// close closes an agent, in time and for good.
func (s *session) close(t *testing.T, agent adapters.Agent) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), s.Grace)
	defer cancel()
	if err := agent.Close(ctx); err != nil {
		t.Errorf("Close: %v", err)
	}
	s.nothingLeft(t)
}

func (s *session) nothingLeft(t *testing.T) {
	t.Helper()
	if s.Left == nil {
		return
	}
	for _, process := range s.Left(t) {
		t.Errorf("a process is left after Close: %s", process)
	}
}

// turn begins the next turn.
func (s *session) turn(t *testing.T, text string) *Turn {
	t.Helper()
	return s.host.Turn(t, s.agent, text)
}

// ends waits for a turn that must end with a status, and checks what was said in it.
func (s *session) ends(t *testing.T, turn *Turn, want ...openapi.TurnStatus) []openapi.Output {
	t.Helper()
	outcome, err := turn.Wait(t)
	if err != nil {
		t.Fatalf("Turn: %v", err)
	}
	if !slices.Contains(want, outcome.Status) {
		t.Errorf("the turn ended %q, want one of %q", outcome.Status, want)
	}
	checkTurn(t, turn.Outputs())
	return turn.Outputs()
}

// works runs a plain turn, which shows that the agent is well.
func (s *session) works(t *testing.T) {
	t.Helper()
	said := s.ends(t, s.turn(t, s.Say.Text), openapi.TurnStatusCompleted)
	if text := messageText(said); text == "" {
		t.Errorf("the agent did not answer; the turn:\n%s", print(Events(said)))
	}
}

// goesOn begins a turn that goes on until it is interrupted, and waits until the agent has said something in it.
func (s *session) goesOn(t *testing.T) *Turn {
	t.Helper()
	turn := s.turn(t, s.Say.Long)
	turn.Await(t, "first item", func(log []openapi.Event) bool {
		return slices.ContainsFunc(log, func(e openapi.Event) bool {
			return e.Type() == openapi.EventItemStarted || e.Type() == openapi.EventItemCompleted
		})
	})
	return turn
}

// messageText is the text of all messages that the agent completed.
func messageText(said []openapi.Output) string {
	text := ""
	for _, o := range said {
		if done, ok := o.(openapi.ItemCompleted); ok && done.Item.Kind == openapi.ItemKindMessage {
			for _, part := range texts(done.Item, openapi.DeltaPartText) {
				text += part
			}
		}
	}
	return text
}
