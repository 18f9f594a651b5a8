package terminal

import (
	"context"
	"fmt"
	"iter"
	"os"
	"os/signal"
	"slices"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/parleyhq/parley/client"
	"github.com/parleyhq/parley/openapi"
)

// talk is what the commands have in common that follow turns.
type talk struct {
	*terminal
	approve string

	client        *client.Client
	answer, notes *console
	reply         replier
	keyboard      *keyboard
	tools         tools
	interrupts    chan os.Signal
	lost          chan struct{} // the connection to the server
}

// dial makes a client that says when its connection is lost.
func (k *talk) dial() (*client.Client, error) {
	k.lost = make(chan struct{}, 1)
	return k.remote.client(client.WithRetry(client.Retry{Notify: func(error, time.Duration) {
		select {
		case k.lost <- struct{}{}:
		default: // it was said
		}
	}}))
}

func (k *talk) add(f *pflag.FlagSet) {
	f.StringVar(&k.approve, "approve", "", "answer every permission with this `REPLY`, and ask nobody: once, always or reject")
}

// begin takes Ctrl-C from the program for as long as turns are followed: it interrupts a turn, not the program. The caller ends it.
func (k *talk) begin(cmd *cobra.Command, c *client.Client) (end func(), err error) {
	if k.approve != "" && !slices.Contains([]string{"once", "always", "reject"}, k.approve) {
		return nil, fmt.Errorf("--approve %q is none of once, always and reject", k.approve)
	}
	k.client = c
	k.answer, k.notes = consoles(cmd.OutOrStdout(), cmd.ErrOrStderr())
	k.keyboard = newKeyboard(cmd.InOrStdin(), cmd.ErrOrStderr())
	k.reply = &policy{reply: openapi.PermissionReply(k.approve), notes: k.notes}
	if k.keyboard.person() {
		k.keyboard.listen()
		k.reply = &person{k.keyboard, k.notes, openapi.PermissionReply(k.approve)}
	}
	k.interrupts = make(chan os.Signal, 1)
	signal.Reset(os.Interrupt)
	signal.Notify(k.interrupts, os.Interrupt)
	return func() { signal.Stop(k.interrupts) }, nil
}

// follow shows a turn to its end and answers what the agent asks.
func (k *talk) follow(ctx context.Context, session string, events iter.Seq2[openapi.Event, error]) error {
	t := &turn{
		client: k.client, session: session, notes: k.notes, reply: k.reply, tools: k.tools, interrupts: k.interrupts, lost: k.lost,
		show: newTranscript(k.answer, k.notes).show,
	}
	if k.json {
		t.show = func(ev openapi.Event) { _ = printJSON(k.answer.w, ev) } // a reader who has left ends the program
	}
	forget(k.interrupts)
	return t.play(ctx, events)
}

// forget drops a Ctrl-C that came too late for the turn before.
func forget(interrupts <-chan os.Signal) {
	select {
	case <-interrupts:
	default:
	}
}
