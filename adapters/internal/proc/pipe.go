package proc

import (
	"errors"
	"io"
	"os"
	"sync"
	"time"
)

// ErrStartTimeout is what ReadLine returns when the process printed nothing within Spec.StartTimeout.
// The process still runs then: stop it.
var ErrStartTimeout = errors.New("the program printed nothing in time")

// lastWords is how long the end of a pipe is awaited after its process is gone, while another process holds the pipe
// open. Data that is there is always read: the time counts from the last of it.
const lastWords = 100 * time.Millisecond

// maxPipe is more than a pipe holds: what comes after this much is not the gone process's.
const maxPipe = 1 << 20

// pipe is the reading end of a child's output. It ends when the writing end is closed, or soon after finish
// even though somebody unknown keeps the writing end open.
type pipe struct {
	file *os.File

	mu       sync.Mutex
	begun    bool // something has been read, or need not be
	finished bool
	waiting  bool // the pipe was empty when last looked at after finish
	rest     int  // bytes read after finish
}

// expectWithin makes Read fail with ErrStartTimeout when nothing has come after d.
func (p *pipe) expectWithin(d time.Duration) error {
	if d <= 0 {
		p.begun = true
		return nil
	}
	err := p.file.SetReadDeadline(time.Now().Add(d))
	if errors.Is(err, os.ErrNoDeadline) { // a system whose pipes know none
		return nil
	}
	return err
}

// finish tells the reader that the process is gone.
func (p *pipe) finish() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.finished = true
	_ = p.file.SetReadDeadline(time.Now())
}

// Read implements io.Reader. At the end it closes the file.
func (p *pipe) Read(b []byte) (int, error) {
	for {
		n, err := p.file.Read(b)
		if n > 0 && p.took(n) {
			return n, nil
		}
		if errors.Is(err, os.ErrDeadlineExceeded) {
			if err = p.expired(); err == nil {
				continue
			}
			if errors.Is(err, ErrStartTimeout) {
				return 0, err
			}
		}
		_ = p.file.Close()
		if err == nil || errors.Is(err, os.ErrClosed) {
			err = io.EOF
		}
		return 0, err
	}
}

// took says whether the n bytes just read may be the process's.
func (p *pipe) took(n int) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.waiting = false
	if p.finished {
		p.rest += n
		return p.rest <= maxPipe
	}
	if !p.begun {
		p.begun = true
		_ = p.file.SetReadDeadline(time.Time{})
	}
	return true
}

// expired decides about a read that found nothing before its deadline: nil is "try again".
func (p *pipe) expired() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case !p.finished && !p.begun:
		return ErrStartTimeout
	case !p.finished: // the deadline of the start, lifted meanwhile
		return nil
	case p.waiting:
		return io.EOF
	}
	p.waiting = true
	return p.file.SetReadDeadline(time.Now().Add(lastWords))
}
