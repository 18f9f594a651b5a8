package terminal

import (
	"fmt"
	"io"
	"sync"
	"time"
)

// progress shows that long work goes on: the lines that it says, and on a terminal below them how far it is or how long it takes
// already.
type progress struct {
	console *console
	what    string
	start   time.Time

	mu    sync.Mutex
	done  int64 // bytes
	total int64 // 0 = there is nothing to count
	shown bool  // a line without an end is on the terminal
	stop  chan struct{}
	over  sync.WaitGroup
}

const tick = time.Second

// startProgress begins to show; end ends it.
func startProgress(c *console, what string) *progress {
	p := &progress{console: c, what: what, start: time.Now(), stop: make(chan struct{})}
	if isTerminal(c.w) {
		p.over.Go(p.run)
	}
	return p
}

func (p *progress) run() {
	ticks := time.NewTicker(tick)
	defer ticks.Stop()
	for {
		select {
		case <-ticks.C:
			p.mu.Lock()
			fmt.Fprintf(p.console.w, "\r\x1b[K%s ... %s", clean(p.what), p.state())
			p.shown = true
			p.mu.Unlock()
		case <-p.stop:
			return
		}
	}
}

// state is how far the work is.
func (p *progress) state() string {
	if p.total > 0 {
		return fmt.Sprintf("%d %% of %s", 100*p.done/p.total, size(p.total))
	}
	if p.done > 0 {
		return size(p.done)
	}
	return fmt.Sprintf("%d s", int(time.Since(p.start).Seconds()))
}

// line prints what the work says.
func (p *progress) line(text string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.clear()
	p.console.line(p.console.paint.dim, text)
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
		fmt.Fprint(p.console.w, "\r\x1b[K")
		p.shown = false
	}
}

// reader counts what is read.
func (p *progress) reader(r io.Reader) io.Reader { return &counted{r, p} }

type counted struct {
	io.Reader
	progress *progress
}

// Read implements io.Reader.
func (c *counted) Read(b []byte) (int, error) {
	n, err := c.Reader.Read(b)
	c.progress.mu.Lock()
	defer c.progress.mu.Unlock()
	c.progress.done += int64(n)
	return n, err
}

// expect says how much there is to count.
func (p *progress) expect(total int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.total = total
}

// at says how far the work is.
func (p *progress) at(done int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.done = done
}

// size is a number of bytes as people read it.
func size(n int64) string {
	const units = "kMGTPE"
	if n < 1000 {
		return fmt.Sprintf("%d B", n)
	}
	f, unit := float64(n)/1000, 0
	for f >= 1000 {
		f, unit = f/1000, unit+1
	}
	return fmt.Sprintf("%.1f %cB", f, units[unit])
}
