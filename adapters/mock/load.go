package mock

import (
	"strconv"
	"strings"
	"time"

	"github.com/parleyhq/parley/adapters"
	"github.com/parleyhq/parley/openapi"
)

// Limits, so that no message can end the server.
const (
	maxDeltas = 1_000_000
	maxPause  = 60_000 // milliseconds
	maxFlood  = 64 << 20
)

// loads are for tests of what is around an agent. They are chosen by a message's first word and its numbers; nil says that
// the words are no command, and the message is echoed.
var loads = map[string]func(p string, args []string) script{
	"burst": burst,
	"slow":  slow,
	"crash": crash,
	"flood": flood,
}

// burst N says N deltas as fast as the session takes them: "1 ", "2 ", "3 " and so on.
func burst(p string, args []string) script {
	n, ok := numbers(args, maxDeltas)
	if !ok || len(n) != 1 {
		return nil
	}
	return script{func(t *turn) error {
		var text strings.Builder
		text.Grow(7 * n[0])
		ends := make([]int, n[0])
		for i := range ends {
			text.WriteString(strconv.Itoa(i + 1))
			text.WriteByte(' ')
			ends[i] = text.Len()
		}
		return t.stream(p+"_burst", text.String(), ends, 0)
	}}
}

// slow N MS says "tick " N times, MS milliseconds apart, or 100.
func slow(p string, args []string) script {
	n, ok := numbers(args, maxDeltas, maxPause)
	if !ok || len(n) == 0 {
		return nil
	}
	pause := 100 * time.Millisecond
	if len(n) == 2 {
		pause = time.Duration(n[1]) * time.Millisecond
	}
	const tick = "tick "
	return script{func(t *turn) error {
		ends := make([]int, n[0])
		for i := range ends {
			ends[i] = (i + 1) * len(tick)
		}
		return t.stream(p+"_slow", strings.Repeat(tick, n[0]), ends, pause)
	}}
}

// flood BYTES says a message of so many bytes at once.
func flood(p string, args []string) script {
	n, ok := numbers(args, maxFlood)
	if !ok || len(n) != 1 {
		return nil
	}
	return script{func(t *turn) error {
		const line = "The quick brown fox jumps over the lazy dog, and nobody is surprised.\n"
		text := strings.Repeat(line, n[0]/len(line)+1)[:n[0]]
		return t.stream(p+"_flood", text, nil, 0)
	}}
}

// crash ends like a process that dies in the middle of a message.
func crash(p string, args []string) script {
	if len(args) > 0 {
		return nil
	}
	item := assistant(p + "_crash")
	return script{started(item), deltas(item, "About to crash.")[0], func(*turn) error {
		return &adapters.ExitError{
			Message:  "mock agent crashed",
			ExitCode: new(1),
			Stderr:   openapi.Stderr{Tail: "mock: crashed, as the message asked for", TotalLines: 1},
		}
	}}
}

// stream says a message in deltas that end at ends, and pauses between them.
func (t *turn) stream(id, text string, ends []int, pause time.Duration) error {
	item := assistant(id)
	item.Status = openapi.ItemStatusInProgress
	if err := t.emit(openapi.ItemStarted{Item: item}); err != nil {
		return err
	}
	start := 0
	for i, end := range ends {
		if i > 0 && pause > 0 {
			if err := t.pause(pause); err != nil {
				return err
			}
		}
		if err := t.emit(openapi.ItemDelta{NativeItemID: id, Delta: text[start:end]}); err != nil {
			return err
		}
		start = end
	}
	item = assistant(id, openapi.TextPart{Text: text})
	item.Status = openapi.ItemStatusCompleted
	return t.emit(openapi.ItemCompleted{Item: item})
}

// numbers reads at most as many numbers as there are limits: plain, not negative and not over their limit.
func numbers(args []string, limits ...int) ([]int, bool) {
	if len(args) > len(limits) {
		return nil, false
	}
	var n []int
	for i, arg := range args {
		v, err := strconv.ParseUint(arg, 10, 32)
		if err != nil || v > uint64(limits[i]) {
			return nil, false
		}
		n = append(n, int(v))
	}
	return n, true
}
