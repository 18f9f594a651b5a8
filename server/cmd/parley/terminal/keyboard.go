package terminal

import (
	"context"
	"errors"
	"io"
	"os"
	"strings"

	"golang.org/x/term"
)

// errInterrupt says that the person has pressed Ctrl-C where a line was asked for.
var errInterrupt = errors.New("interrupted")

// keyboard reads lines: from a person with a line to edit and the lines before it, else as they come.
type keyboard struct {
	in      io.Reader
	screen  io.Writer
	fd      int // of the terminal; -1 = there is none
	bytes   chan []byte
	unread  []byte
	history term.History
}

// newKeyboard reads from in; prompts go to screen.
func newKeyboard(in io.Reader, screen io.Writer) *keyboard {
	k := &keyboard{in: in, screen: screen, fd: -1}
	if file, ok := in.(*os.File); ok && isTerminal(in) && isTerminal(screen) {
		k.fd = int(file.Fd())
	}
	return k
}

// person tells whether there is somebody to ask.
func (k *keyboard) person() bool { return k.fd >= 0 }

// line asks for a line. It returns io.EOF at the end of the input, errInterrupt on Ctrl-C, and ctx's error when that ends first.
// Lines that were typed before are not thrown away.
func (k *keyboard) line(ctx context.Context, prompt string) (string, error) {
	k.listen()
	source := &keys{ctx: ctx, keyboard: k}
	if !k.person() {
		return source.line()
	}
	state, err := term.MakeRaw(k.fd)
	if err != nil {
		return "", err
	}
	defer func() { _ = term.Restore(k.fd, state) }()
	return k.edit(source, prompt)
}

// edit lets a person write a line.
func (k *keyboard) edit(source *keys, prompt string) (string, error) {
	editor := term.NewTerminal(struct {
		io.Reader
		io.Writer
	}{source, k.screen}, prompt)
	if width, height, err := term.GetSize(k.fd); err == nil && width > 0 {
		_ = editor.SetSize(width, height) // it has a usual size without
	}
	if k.history == nil {
		k.history = editor.History
	}
	editor.History = k.history
	text, err := editor.ReadLine()
	if err != nil {
		_, _ = io.WriteString(k.screen, "\r\n")
	}
	if source.interrupted {
		return "", errInterrupt
	}
	return text, err
}

// forget throws away what was typed before it was asked for: nobody shall permit what he has not read.
func (k *keyboard) forget() {
	k.unread = nil
	for {
		select {
		case _, ok := <-k.bytes:
			if ok {
				continue
			}
		default:
		}
		return
	}
}

// listen begins to read, so that what is typed early is known to be early.
func (k *keyboard) listen() {
	if k.bytes == nil {
		k.bytes = make(chan []byte, 16)
		go k.read()
	}
}

// read hands over what is typed, for as long as the program lives: a read of a terminal cannot be broken off.
func (k *keyboard) read() {
	defer close(k.bytes)
	for {
		b := make([]byte, 4096)
		n, err := k.in.Read(b)
		if n > 0 {
			k.bytes <- b[:n]
		}
		if err != nil {
			return
		}
	}
}

// keys hands over what is typed until ctx ends, byte by byte: what comes after a line is the next one's.
type keys struct {
	ctx         context.Context
	keyboard    *keyboard
	interrupted bool
}

const ctrlC = 3

// Read implements io.Reader.
func (s *keys) Read(p []byte) (int, error) {
	if len(s.keyboard.unread) == 0 {
		select {
		case b, ok := <-s.keyboard.bytes:
			if !ok {
				return 0, io.EOF
			}
			s.keyboard.unread = b
		case <-s.ctx.Done():
			return 0, s.ctx.Err()
		}
	}
	p[0] = s.keyboard.unread[0]
	s.keyboard.unread = s.keyboard.unread[1:]
	s.interrupted = s.interrupted || p[0] == ctrlC && s.keyboard.person()
	return 1, nil
}

// line reads up to the end of a line. What has no end is a line too.
func (s *keys) line() (string, error) {
	var b strings.Builder
	for {
		var c [1]byte
		if _, err := s.Read(c[:]); err != nil {
			if b.Len() > 0 && errors.Is(err, io.EOF) {
				return b.String(), nil
			}
			return "", err
		}
		if c[0] == '\n' {
			return strings.TrimSuffix(b.String(), "\r"), nil
		}
		b.WriteByte(c[0])
	}
}
