// Package proc keeps custody of child processes: it starts an agent's program, talks JSON lines with it and
// ends it together with everything that it started, also when the server itself is killed.
//
// It imports the standard library only and knows no agent. Only the adapters that drive a program call it.
// Custody is complete on Linux (process marks, descendants through /proc, parent-death signal); other systems
// end the process and its process group.
package proc

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"sync"
	"time"
)

// Spec says what to start and how.
type Spec struct {
	Path string   // the program; looked up on PATH when it has no slash
	Args []string // its arguments, without the program's own name
	Env  []string // its whole environment as KEY=VALUE, the last of a key wins; nil is the server's own
	Dir  string   // its working directory; empty is the server's own

	// StartTimeout is how long ReadLine waits for the first byte of output, counted from Start. Zero waits for ever.
	StartTimeout time.Duration

	// Text says that output is plain text: lines are handed over as they are, without a look for JSON.
	Text bool
}

// Process is a started child. All methods but ReadLine may be called from any goroutine.
// Who starts one reads its output until io.EOF and calls Stop; after Done nothing of it is left in the system.
type Process struct {
	cmd    *exec.Cmd
	family *family
	input  *input
	output *lines
	pipe   *pipe
	errors *stderr

	held sync.Mutex // guards gone, so that no signal is sent to a number that may belong to another process
	gone bool

	done chan struct{}
	exit Exit  // readable after done
	left error // readable after done: what could not be ended
}

// Start starts the program. ctx bounds the start alone: the process lives until it ends or Stop is called.
// A program that is not there gives an error for which errors.Is(err, exec.ErrNotFound) or fs.ErrNotExist holds.
func Start(ctx context.Context, spec Spec) (*Process, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	mark := newMark()
	p := &Process{cmd: command(spec, mark), errors: &stderr{}, done: make(chan struct{})}
	child, err := p.connect(spec)
	if err != nil {
		return nil, fmt.Errorf("start %s: %w", spec.Path, err)
	}
	started := make(chan error)
	go p.run(mark, started)
	err = <-started
	closeAll(child)
	if err != nil {
		p.disconnect()
		return nil, fmt.Errorf("start %s: %w", spec.Path, err)
	}
	return p, nil
}

// PID is the number of the process. It may belong to another one after Done.
func (p *Process) PID() int { return p.cmd.Process.Pid }

// Done is closed when the process has ended, what it left behind is ended too and its stderr is read to the end.
// Its output may still hold lines to read.
func (p *Process) Done() <-chan struct{} { return p.done }

// Wait blocks until Done and says how the process ended. The error is ctx's and nothing else.
func (p *Process) Wait(ctx context.Context) (Exit, error) {
	select {
	case <-p.done:
		return p.exit, nil
	case <-ctx.Done():
		return Exit{}, ctx.Err()
	}
}

// Stderr is what the process has written to stderr so far.
func (p *Process) Stderr() Stderr { return p.errors.snapshot() }

func command(spec Spec, mark string) *exec.Cmd {
	cmd := exec.Command(spec.Path, spec.Args...)
	cmd.Dir = spec.Dir
	env := spec.Env
	if env == nil {
		env = os.Environ()
	}
	cmd.Env = append(slices.Clone(env), markName+"="+mark)
	cmd.SysProcAttr = attributes()
	return cmd
}

// connect makes the three pipes and returns the child's ends, which the caller closes once the child has them.
func (p *Process) connect(spec Spec) (child []*os.File, err error) {
	defer func() {
		if err != nil {
			closeAll(child)
			p.disconnect()
		}
	}()
	open := func() (r, w *os.File) {
		if err == nil {
			r, w, err = os.Pipe()
		}
		return r, w
	}
	inRead, inWrite := open()
	outRead, outWrite := open()
	errRead, errWrite := open()
	for _, f := range []*os.File{inRead, outWrite, errWrite} {
		if f != nil {
			child = append(child, f)
		}
	}
	p.input, p.pipe, p.errors.pipe = &input{file: inWrite}, &pipe{file: outRead}, &pipe{file: errRead}
	if err != nil {
		return child, err
	}
	p.cmd.Stdin, p.cmd.Stdout, p.cmd.Stderr = inRead, outWrite, errWrite
	p.output = newLines(p.pipe, spec.Text)
	return child, p.pipe.expectWithin(spec.StartTimeout)
}

func (p *Process) disconnect() {
	for _, f := range []*os.File{p.input.file, p.pipe.file, p.errors.pipe.file} {
		if f != nil {
			_ = f.Close()
		}
	}
}

func closeAll(files []*os.File) {
	for _, f := range files {
		_ = f.Close()
	}
}
