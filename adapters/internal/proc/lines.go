package proc

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// MaxLine is the longest line of output, in bytes, that ReadLine hands over.
const MaxLine = 16 << 20

const (
	readBuffer = 64 << 10
	keepBuffer = 1 << 20 // a longer buffer is dropped after its line, so that idle processes stay small
	headBytes  = 1 << 10
)

// What can be wrong with a line; a LineError wraps one of them.
var (
	ErrLineTooLong = errors.New("line is too long")
	ErrNotObject   = errors.New("line is not a JSON object")
	ErrLineCut     = errors.New("output ended within a line")
)

// LineError is a line of output that is of no use. Reading goes on after it.
type LineError struct {
	Reason error  // ErrLineTooLong, ErrNotObject or ErrLineCut
	Length int    // of the line, in bytes
	Head   []byte // its first KiB; the receiver's to keep
}

func (e *LineError) Error() string {
	return fmt.Sprintf("%v (%d bytes): %.80q", e.Reason, e.Length, e.Head)
}

// Unwrap gives the reason.
func (e *LineError) Unwrap() error { return e.Reason }

// ReadLine blocks for the next line of output and returns it without its line ending. Blank lines are skipped.
// The bytes are valid until the next call: copy what is kept. One goroutine at a time may call it.
//
// A *LineError stands for one bad line, the next call reads on. ErrStartTimeout means that nothing was printed in
// time. io.EOF ends the output; read until then, a process whose output is not read comes to a halt.
// Only the first byte of a line is looked at, a returned line need not be valid JSON.
func (p *Process) ReadLine() ([]byte, error) { return p.output.next() }

type lines struct {
	in   *bufio.Reader
	text bool
	long []byte
}

func newLines(r io.Reader, text bool) *lines {
	return &lines{in: bufio.NewReaderSize(r, readBuffer), text: text}
}

func (l *lines) next() ([]byte, error) {
	for {
		line, length, err := l.read()
		if length > MaxLine {
			return nil, lineError(ErrLineTooLong, length, line)
		}
		line = bytes.TrimRight(line, "\r\n\t ")
		switch {
		case len(line) == 0 && err != nil:
			return nil, err
		case len(line) == 0:
			continue
		case l.text:
			return line, nil
		case bytes.TrimLeft(line, "\t ")[0] != '{':
			return nil, lineError(ErrNotObject, length, line)
		case err != nil && !json.Valid(line):
			return nil, lineError(ErrLineCut, length, line)
		}
		return line, nil
	}
}

// read returns the next raw line, of a line over the limit the beginning, and its true length.
// An error comes with the piece of line before it; asking again gives the error again.
func (l *lines) read() (line []byte, length int, err error) {
	if cap(l.long) > keepBuffer {
		l.long = nil
	}
	l.long = l.long[:0]
	for {
		part, err := l.in.ReadSlice('\n')
		length += len(part)
		if len(l.long) == 0 && !errors.Is(err, bufio.ErrBufferFull) {
			return part, length, err
		}
		if len(l.long)+len(part) <= MaxLine {
			l.long = append(l.long, part...)
		}
		if !errors.Is(err, bufio.ErrBufferFull) {
			return l.long, length, err
		}
	}
}

func lineError(reason error, length int, line []byte) *LineError {
	return &LineError{Reason: reason, Length: length, Head: bytes.Clone(line[:min(len(line), headBytes)])}
}
