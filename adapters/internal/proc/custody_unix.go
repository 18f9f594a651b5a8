//go:build unix && !linux

package proc

import (
	"os"
	"strconv"
	"syscall"
)

// family is the process group here: these systems have no /proc to find others in.
type family struct{}

func newFamily(int, string) *family { return &family{} }

func (*family) note() {}

func newMark() string { return strconv.Itoa(os.Getpid()) }

func attributes() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setpgid: true} }

// terminate asks the process and its group to end.
func terminate(pid int) { _ = syscall.Kill(-pid, syscall.SIGTERM) }

// kill ends the process group.
func (p *Process) kill() error {
	p.signal(killGroup)
	return nil
}

// reap blocks until the process has ended, then ends what is left of its group.
func (p *Process) reap() error {
	_ = p.cmd.Wait() // its error is the exit code, which is in ProcessState
	p.release()
	killGroup(p.PID())
	return nil
}

func killGroup(pid int) { _ = syscall.Kill(-pid, syscall.SIGKILL) }
