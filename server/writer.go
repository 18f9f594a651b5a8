package server

import (
	"net/http"
	"time"
)

// writer gives the client a deadline for every piece that it is sent, so that one who takes nothing is cut off, however
// long an answer may take as a whole.
type writer struct {
	http.ResponseWriter
	control *http.ResponseController
	timeout time.Duration
}

func newWriter(w http.ResponseWriter, timeout time.Duration) *writer {
	return &writer{w, http.NewResponseController(w), timeout}
}

// piece is what must pass within one deadline.
const piece = 64 << 10

func (w *writer) WriteHeader(status int) {
	w.extend()
	w.ResponseWriter.WriteHeader(status)
}

func (w *writer) Write(b []byte) (n int, err error) {
	for len(b) > piece {
		w.extend()
		m, err := w.ResponseWriter.Write(b[:piece])
		n += m
		if err != nil {
			return n, err
		}
		b = b[piece:]
	}
	w.extend()
	m, err := w.ResponseWriter.Write(b)
	return n + m, err
}

// FlushError is how http.ResponseController flushes.
func (w *writer) FlushError() error {
	w.extend()
	return w.control.Flush()
}

// Unwrap lets http.ResponseController reach the connection.
func (w *writer) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// extend fails only where there is no connection, as in tests.
func (w *writer) extend() { _ = w.control.SetWriteDeadline(time.Now().Add(w.timeout)) }
