package main

import (
	"fmt"
	"io"
	"os"
	"sync"
	"time"
)

// progress shows that long work goes on: the lines that it says, and on a terminal below them how long it takes already.
type progress struct {
	out   io.Writer
	what  string
	start time.Time

	mu    sync.Mutex
	shown bool // a line without an end is on the terminal
	stop  chan struct{}
	over  sync.WaitGroup
}

const tick = time.Second

// startProgress begins to show; end ends it.
func startProgress(out io.Writer, what string) *progress {
	p := &progress{out: out, what: what, start: time.Now(), stop: make(chan struct{})}
	if isTerminal(out) {
		p.over.Go(p.run)
	}
	return p
}

func isTerminal(out io.Writer) bool {
	file, ok := out.(*os.File)
	if !ok {
		return false
	}
	info, err := file.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

func (p *progress) run() {
	ticks := time.NewTicker(tick)
	defer ticks.Stop()
	for {
		select {
		case <-ticks.C:
			p.mu.Lock()
			fmt.Fprintf(p.out, "\r%s ... %d s", p.what, int(time.Since(p.start).Seconds()))
			p.shown = true
			p.mu.Unlock()
		case <-p.stop:
			return
		}
	}
}

// line prints what the work says.
func (p *progress) line(text string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.clear()
	fmt.Fprintln(p.out, text)
}

// end takes the last line back and stops.
func (p *progress) end() {
	close(p.stop)
	p.over.Wait()
	p.clear()
}

// clear empties the terminal's line.
func (p *progress) clear() {
	if p.shown {
		fmt.Fprint(p.out, "\r\x1b[K")
		p.shown = false
	}
}
