package model

import (
	"context"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
)

func TestErrors(t *testing.T) {
	s := Start(t)
	for _, script := range []string{"error 529 x2 busy\nsay on", "error 529 x2 busy\nsay other"} {
		for range 2 {
			answer, err := post(t.Context(), t, s, true, user(script))
			if err != nil {
				t.Fatal(err)
			}
			body, _ := io.ReadAll(answer.Body)
			_ = answer.Body.Close()
			if answer.StatusCode != 529 || !strings.Contains(string(body), `"overloaded_error"`) || !strings.Contains(string(body), "busy") {
				t.Errorf("status %d, %s", answer.StatusCode, body)
			}
		}
		if blocks, _ := respond(t, s, user(script)); len(blocks) != 2 || blocks[0] != "text: recovered after 2 errors" {
			t.Errorf("got %q", blocks)
		}
	}
}

func TestErrorWithinAStream(t *testing.T) {
	s := Start(t)
	answer, err := post(t.Context(), t, s, true, user("say a\nerror 500 x1 broken"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	events, err := readEvents(t, answer.Body)
	if last := events[len(events)-1]; err != nil || last.name != "error" || last.data["error"].(object)["message"] != "broken" {
		t.Errorf("%v, last event %+v", err, last)
	}
	if blocks, _ := respond(t, s, user("say a\nerror 500 x1 broken")); len(blocks) != 2 {
		t.Errorf("the second time: %q", blocks)
	}
}

func TestCut(t *testing.T) {
	s := Start(t)
	answer, err := post(t.Context(), t, s, true, user("cut x1 some text\nsay more"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	events, err := readEvents(t, answer.Body)
	if blocks, stop := fold(t, events); !errors.Is(err, io.ErrUnexpectedEOF) || !slices.Equal(blocks, []string{"text: some text"}) || stop != "" {
		t.Errorf("%v, %q %s", err, blocks, stop)
	}
	if blocks, _ := respond(t, s, user("cut x1 some text\nsay more")); !slices.Equal(blocks, []string{"text: some text", "text: more"}) {
		t.Errorf("the second time: %q", blocks)
	}
}

func TestHangEndsWithTheClient(t *testing.T) {
	s := Start(t)
	ctx, cancel := context.WithCancel(t.Context())
	left := make(chan error)
	go func() {
		answer, err := post(ctx, t, s, true, user("hang"))
		if err == nil {
			_ = answer.Body.Close()
		}
		left <- err
	}()
	if _, err := s.Await(t.Context(), func(r Request) bool { return r.Scripted }); err != nil {
		t.Fatal(err)
	}
	cancel()
	if err := <-left; !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

func TestHangEndsWithTheServer(t *testing.T) {
	left := make(chan error, 2)
	t.Run("server", func(t *testing.T) {
		s := Start(t)
		for _, script := range []string{"hang", "slow 2 3600000"} {
			go func() {
				answer, err := post(context.Background(), t, s, true, user(script))
				if err == nil {
					_, err = io.Copy(io.Discard, answer.Body)
					_ = answer.Body.Close()
				}
				left <- err
			}()
		}
		for _, verb := range []string{"hang", "slow"} {
			if _, err := s.Await(t.Context(), func(r Request) bool { return strings.HasPrefix(r.Messages[0].Parts[0].Text, verb) }); err != nil {
				t.Fatal(err)
			}
		}
	})
	for range 2 {
		if err := <-left; err == nil {
			t.Error("the answer ended as if it were whole")
		}
	}
}
