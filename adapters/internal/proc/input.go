package proc

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"sync"
	"syscall"
)

// ErrInputClosed is returned by Send when nobody reads any more: the process ended, or its input was closed.
var ErrInputClosed = errors.New("the program's input is closed")

var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

type input struct {
	mu   sync.Mutex
	file *os.File
}

// Send writes v as one line of JSON to the process's stdin. Concurrent calls do not mix their lines.
// It blocks while the process does not read; the process's end and Stop free it with ErrInputClosed.
func (p *Process) Send(v any) error {
	buf := buffers.Get().(*bytes.Buffer)
	buf.Reset()
	defer func() {
		if buf.Cap() <= keepBuffer {
			buffers.Put(buf)
		}
	}()
	enc := json.NewEncoder(buf)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return fmt.Errorf("encode line: %w", err)
	}
	return p.input.write(buf.Bytes())
}

// CloseInput closes the process's stdin, which asks most agents to end when they are done. It frees a blocked Send.
func (p *Process) CloseInput() { p.input.close() }

func (i *input) write(line []byte) error {
	i.mu.Lock()
	defer i.mu.Unlock()
	_, err := i.file.Write(line)
	if errors.Is(err, os.ErrClosed) || errors.Is(err, syscall.EPIPE) {
		return ErrInputClosed
	}
	return err
}

// close does not take the lock: it must free a writer that holds it.
func (i *input) close() { _ = i.file.Close() }
