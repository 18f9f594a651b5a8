package proc

import (
	"context"
	"runtime"
	"sync"
	"time"
)

// run starts the process and stays with it until it is gone. The parent-death signal is tied to the thread that
// forked, not to the server, so the goroutine keeps its thread for as long as the child lives; it costs nothing,
// waiting for a child occupies a thread anyway.
func (p *Process) run(mark string, started chan<- error) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	if err := p.cmd.Start(); err != nil {
		started <- err
		return
	}
	p.family = newFamily(p.cmd.Process.Pid, mark)
	started <- nil

	var drain sync.WaitGroup
	drain.Go(p.errors.drain)
	p.left = p.reap()
	p.input.close()
	p.pipe.finish()
	p.errors.pipe.finish()
	drain.Wait()
	p.exit = exitOf(p.cmd.ProcessState, p.errors.snapshot())
	close(p.done)
}

// Stop closes the process's input, asks the process and its group to end (SIGTERM), and after grace kills what is
// left of it: the process, its group and all its descendants, those included that left the group or the session.
// When ctx ends, the grace does too. Once it has returned nil no process is left. It may be called more than once,
// and after the process has ended by itself.
func (p *Process) Stop(ctx context.Context, grace time.Duration) error {
	select {
	case <-p.done:
		return p.left
	default:
	}
	// Descendants are noted while their parents live: they are re-parented when these end.
	p.family.note()
	p.input.close()
	p.signal(terminate)
	if !p.endsWithin(ctx, grace) {
		if err := p.kill(); err != nil {
			return err
		}
		<-p.done
	}
	return p.left
}

func (p *Process) endsWithin(ctx context.Context, grace time.Duration) bool {
	ctx, cancel := context.WithTimeout(ctx, grace)
	defer cancel()
	_, err := p.Wait(ctx)
	return err == nil
}

// signal runs send while the process still holds its number.
func (p *Process) signal(send func(pid int)) {
	p.held.Lock()
	defer p.held.Unlock()
	if !p.gone {
		send(p.PID())
	}
}

// release reaps the process, which has ended: from here on its number is free.
func (p *Process) release() {
	p.held.Lock()
	defer p.held.Unlock()
	p.gone = true
}
