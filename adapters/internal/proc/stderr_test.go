package proc

import (
	"fmt"
	"strings"
	"testing"
)

func numbers(from, to int) string {
	var lines []string
	for n := from; n <= to; n++ {
		lines = append(lines, fmt.Sprint(n))
	}
	return strings.Join(lines, "\n")
}

func TestStderr(t *testing.T) {
	for _, c := range []struct {
		script string
		want   Stderr
	}{
		{"true", Stderr{}},
		{"seq 1 5 >&2", Stderr{Head: numbers(1, 5), TotalLines: 5}},
		{"seq 1 70 >&2", Stderr{Head: numbers(1, 70), TotalLines: 70}},
		{"seq 1 71 >&2", Stderr{Head: numbers(1, 20), Tail: numbers(22, 71), Truncated: true, TotalLines: 71}},
		{"seq 1 50000 >&2", Stderr{Head: numbers(1, 20), Tail: numbers(49951, 50000), Truncated: true, TotalLines: 50000}},
		{"printf 'no newline' >&2", Stderr{Head: "no newline", TotalLines: 1}},
		{`printf 'bad \377 byte\n' >&2`, Stderr{Head: "bad \uFFFD byte", TotalLines: 1}},
		{"head -c 100000 /dev/zero | tr '\\0' x >&2; echo >&2; echo end >&2",
			Stderr{Head: strings.Repeat("x", stderrLine) + "\nend", Truncated: true, TotalLines: 2}},
	} {
		p := start(t, shell(c.script))
		if got := wait(t, p).Stderr; got != c.want {
			t.Errorf("%s: got %d lines, truncated %v\nhead %.200q\ntail %.200q", c.script, got.TotalLines, got.Truncated, got.Head, got.Tail)
		}
		if p.Stderr() != c.want {
			t.Errorf("%s: Stderr differs from the exit's", c.script)
		}
	}
}

func TestStderrIsDrainedWhileNobodyReadsOutput(t *testing.T) {
	exit := wait(t, start(t, shell("seq 1 200000 >&2; exit 4")))
	if exit.Code != 4 || exit.Stderr.TotalLines != 200_000 {
		t.Fatalf("code %d, %d lines", exit.Code, exit.Stderr.TotalLines)
	}
}
