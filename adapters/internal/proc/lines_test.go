package proc

import (
	"errors"
	"io"
	"strconv"
	"strings"
	"testing"
)

func asLineError(err error) (*LineError, bool) {
	var e *LineError
	ok := errors.As(err, &e)
	return e, ok
}

func isLineError(err error) bool {
	_, ok := asLineError(err)
	return ok
}

func TestLongLine(t *testing.T) {
	const size = 10 << 20
	lines, bad := readAll(t, start(t, as("long", strconv.Itoa(size))))
	if len(bad) > 0 || len(lines) != 2 || len(lines[0]) != size || lines[1] != `{"after":true}` {
		t.Fatalf("%d lines, bad: %v", len(lines), bad)
	}
}

func TestLineOverTheLimit(t *testing.T) {
	for size, want := range map[int]int{MaxLine - 1: 0, MaxLine: 1, MaxLine + 100_000: 1} {
		lines, bad := readAll(t, start(t, as("long", strconv.Itoa(size))))
		if len(bad) != want || len(lines) != 2-want || lines[1-want] != `{"after":true}` {
			t.Fatalf("%d: %d lines, bad: %v", size, len(lines), bad)
		}
		if want == 1 && (!errors.Is(bad[0], ErrLineTooLong) || bad[0].Length != size+1 || len(bad[0].Head) != headBytes) {
			t.Fatalf("%d: %v", size, bad[0])
		}
	}
}

func TestRubbish(t *testing.T) {
	in := "Warning: old node\n\n  \r\n{\"a\":1}\r\n\x00\xff\n[1]\n\t {\"b\":2} \nnull\n{\"cut\":"
	l := newLines(strings.NewReader(in), false)
	var got []string
	for {
		line, err := l.next()
		e, bad := asLineError(err)
		if err != nil && !bad {
			if err != io.EOF {
				t.Fatal(err)
			}
			break
		}
		if bad {
			line = append([]byte(e.Reason.Error()+": "), e.Head...)
		}
		got = append(got, string(line))
	}
	want := []string{
		"line is not a JSON object: Warning: old node", `{"a":1}`, "line is not a JSON object: \x00\xff",
		"line is not a JSON object: [1]", "\t {\"b\":2}", "line is not a JSON object: null",
		`output ended within a line: {"cut":`,
	}
	if strings.Join(got, "|") != strings.Join(want, "|") {
		t.Fatalf("got  %q\nwant %q", got, want)
	}
}

func TestLastLineWithoutNewline(t *testing.T) {
	l := newLines(strings.NewReader(`{"whole":true}`), false)
	if line, err := l.next(); err != nil || string(line) != `{"whole":true}` {
		t.Fatalf("got %q, %v", line, err)
	}
	if _, err := l.next(); err != io.EOF {
		t.Fatal(err)
	}
}

func TestTextLines(t *testing.T) {
	spec := shell("echo listening on port 1; printf 'no newline'")
	spec.Text = true
	lines, bad := readAll(t, start(t, spec))
	if len(bad) > 0 || strings.Join(lines, "|") != "listening on port 1|no newline" {
		t.Fatalf("got %q, bad %v", lines, bad)
	}
}

func TestFlood(t *testing.T) {
	lines, bad := readAll(t, start(t, as("flood", "20000")))
	if len(lines) != 20_000 || len(bad) > 0 || !strings.Contains(lines[19_999], `"n":19999`) {
		t.Fatalf("%d lines, %d bad", len(lines), len(bad))
	}
}

func FuzzLines(f *testing.F) {
	f.Add("{}\n{\n\n}\nx")
	f.Fuzz(func(t *testing.T, in string) {
		l := newLines(strings.NewReader(in), false)
		for range len(in) + 1 {
			line, err := l.next()
			if err == nil && !strings.HasPrefix(strings.TrimLeft(string(line), "\t "), "{") {
				t.Fatalf("got %q", line)
			}
			if err != nil && !isLineError(err) {
				return
			}
		}
		t.Fatal("never ends")
	})
}

// BenchmarkReadLine reads what a child prints as fast as it can, in lines of about 450 bytes.
func BenchmarkReadLine(b *testing.B) {
	spec := as("flood", strconv.Itoa(b.N))
	p, err := Start(b.Context(), spec)
	if err != nil {
		b.Fatal(err)
	}
	b.ResetTimer()
	for n := 0; ; n++ {
		line, err := p.ReadLine()
		if err != nil {
			if n != b.N {
				b.Fatalf("%d lines of %d", n, b.N)
			}
			break
		}
		b.SetBytes(int64(len(line)))
	}
	<-p.Done()
}
