package proc

import (
	"errors"
	"syscall"
)

// attributes: an own process group, and SIGTERM when the server dies. Not SIGKILL: an agent that is asked to end
// ends its shells too, a killed one leaves them; Sweep gets those that do not listen.
func attributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGTERM}
}

// terminate asks the process and its group to end.
func terminate(pid int) { _ = syscall.Kill(-pid, syscall.SIGTERM) }

// kill ends the whole family.
func (p *Process) kill() error { return p.family.end() }

// reap blocks until the process has ended, then ends what it left behind, and only then frees its number:
// as long as the zombie holds it, its process group cannot be another's.
func (p *Process) reap() error {
	awaitExit(p.PID())
	left := p.family.end()
	p.release()
	_ = p.cmd.Wait() // its error is the exit code, which is in ProcessState
	return left
}

// awaitExit blocks until the child has ended and leaves it a zombie.
func awaitExit(pid int) {
	const byPID = 1 // P_PID
	for {
		_, _, err := syscall.Syscall6(syscall.SYS_WAITID, byPID, uintptr(pid), 0, syscall.WEXITED|syscall.WNOWAIT, 0, 0)
		if !errors.Is(err, syscall.EINTR) {
			return
		}
	}
}
