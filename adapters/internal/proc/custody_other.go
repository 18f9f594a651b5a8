//go:build !unix

package proc

import (
	"os"
	"strconv"
	"syscall"
)

// family is the process alone here.
type family struct{}

func newFamily(int, string) *family { return &family{} }

func (*family) note() {}

func newMark() string { return strconv.Itoa(os.Getpid()) }

func attributes() *syscall.SysProcAttr { return nil }

// terminate does nothing: the closed input is all the asking there is.
func terminate(int) {}

// kill ends the process.
func (p *Process) kill() error {
	p.signal(func(int) { _ = p.cmd.Process.Kill() })
	return nil
}

// reap blocks until the process has ended.
func (p *Process) reap() error {
	_ = p.cmd.Wait() // its error is the exit code, which is in ProcessState
	p.release()
	return nil
}
