package opencode

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
)

// maxEvent bounds one event, in bytes. A tool's output, or a text, comes in one.
const maxEvent = 64 << 20

// errTooLong ends a connection; what the event said is looked up.
var errTooLong = errors.New("an event is too long")

// readData reads the data of the next event. The program sends it in one line; of several the specification wants them
// joined by a new line. What is longer than limit is errTooLong.
func readData(lines *bufio.Reader, limit int) ([]byte, error) {
	var data []byte
	for {
		line, err := readLine(lines, limit)
		if err != nil {
			return nil, err
		}
		if value, ok := bytes.CutPrefix(line, []byte("data:")); ok {
			if data != nil {
				data = append(data, '\n')
			}
			data = append(data, bytes.TrimPrefix(value, []byte(" "))...)
		}
		switch {
		case len(data) > limit:
			return nil, errTooLong
		case len(line) == 0 && len(data) > 0:
			return data, nil
		}
	}
}

// readLine reads a line without its end. A half one, before the end of the stream, is none.
func readLine(lines *bufio.Reader, limit int) ([]byte, error) {
	var line []byte
	for {
		piece, err := lines.ReadSlice('\n')
		line = append(line, piece...)
		switch {
		case len(line) > limit:
			return nil, errTooLong
		case err == nil:
			return bytes.TrimRight(line, "\r\n"), nil
		case !errors.Is(err, bufio.ErrBufferFull):
			return nil, fmt.Errorf("stream of events: %w", noEOF(err))
		}
	}
}

// noEOF makes the end of a stream an error: it has none.
func noEOF(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}
