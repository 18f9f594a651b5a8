package adaptertest

import (
	"testing"

	"github.com/parleyhq/parley/openapi"
)

var permissionTopics = []topic{
	{"permission once", permission, replied(openapi.PermissionReplyOnce)},
	{"permission always", permission, replied(openapi.PermissionReplyAlways)},
	{"permission rejected", permission, replied(openapi.PermissionReplyReject)},
	{"two permissions", func(m Messages) string { return m.Permissions }, twoPermissions},
}

func permission(m Messages) string { return m.Permission }

// replied gives the agent a reply, which it must hear and which lets its turn end.
func replied(reply openapi.PermissionReply) func(*testing.T, Subject) {
	return func(t *testing.T, s Subject) {
		run := open(t, s)
		turn := run.turn(t, s.Say.Permission)
		id := run.permit(t, turn.AwaitType(t, openapi.EventPermissionRequested, 1), reply)
		said := run.ends(t, turn, permitted(reply)...)
		run.waited(t, id)
		if s.HeardPermission != nil && !s.HeardPermission(reply, said) {
			t.Errorf("the reply %q has not reached the agent; the turn:\n%s", reply, print(Events(said)))
		}
		run.works(t)
	}
}

// permitted are the ends that a turn may have after a reply: some agents give up when they are refused something.
func permitted(reply openapi.PermissionReply) []openapi.TurnStatus {
	if reply == openapi.PermissionReplyReject {
		return []openapi.TurnStatus{openapi.TurnStatusCompleted, openapi.TurnStatusInterrupted}
	}
	return []openapi.TurnStatus{openapi.TurnStatusCompleted}
}

// permit answers a permission.requested event, which must say what it is about.
func (s *session) permit(t *testing.T, requested openapi.Event, reply openapi.PermissionReply) (id string) {
	t.Helper()
	Valid(t, requested)
	data := requested.Data.(openapi.PermissionRequestedData)
	if data.Action == "" {
		t.Error("the permission request names no action")
	}
	if err := s.host.AnswerPermission(data.PermissionID, reply); err != nil {
		t.Fatal(err)
	}
	return data.PermissionID
}

// waited fails when the agent did not wait for an answer to its request.
func (s *session) waited(t *testing.T, id string) {
	t.Helper()
	if !s.host.Heard(id) {
		t.Errorf("the agent has not taken the answer to %s", id)
	}
}

// twoPermissions are open at once and answered in the other order.
func twoPermissions(t *testing.T, s Subject) {
	run := open(t, s)
	turn := run.turn(t, s.Say.Permissions)
	first := turn.AwaitType(t, openapi.EventPermissionRequested, 1)
	second := turn.AwaitType(t, openapi.EventPermissionRequested, 2)
	ids := []string{
		run.permit(t, second, openapi.PermissionReplyReject),
		run.permit(t, first, openapi.PermissionReplyOnce),
	}
	run.ends(t, turn, permitted(openapi.PermissionReplyReject)...)
	for _, id := range ids {
		run.waited(t, id)
	}
	run.works(t)
}
