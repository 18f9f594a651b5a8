package proc

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"syscall"
	"testing"
	"time"
)

// A shell that left group and session, ignores SIGTERM and tells its number: what an agent's tools may leave behind.
const (
	stubborn = `trap "" TERM; echo "{\"pid\":$$}"; while :; do sleep 60; done`
	setsid   = `setsid sh -c '` + stubborn + `' & wait`
	stranger = `env -i PATH="$PATH" ` + setsid
	daemon   = `(setsid sh -c '` + stubborn + `' &) ; read line`
)

func living(pid int) bool {
	e, err := readEntry(pid)
	return err == nil && !e.zombie
}

// awaitEnd polls: nothing announces the end of a process that is not a child.
func awaitEnd(t *testing.T, pid int) {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); living(pid); {
		if time.Now().After(deadline) {
			t.Fatalf("process %d still lives", pid)
		}
		<-time.After(5 * time.Millisecond)
	}
}

func TestStopEndsDescendantsThatLeftTheSession(t *testing.T) {
	for name, script := range map[string]string{"setsid": setsid, "without its environment": stranger, "daemon": daemon} {
		t.Run(name, func(t *testing.T) {
			p := start(t, shell(script))
			grandchild := readPID(t, p.ReadLine)
			if err := p.Stop(t.Context(), 50*time.Millisecond); err != nil {
				t.Fatal(err)
			}
			if living(p.PID()) || living(grandchild) {
				t.Fatalf("after Stop: child lives %v, grandchild lives %v", living(p.PID()), living(grandchild))
			}
		})
	}
}

func TestStopKillsWhoIgnoresSIGTERM(t *testing.T) {
	p := start(t, as("deaf"))
	if _, err := p.ReadLine(); err != nil {
		t.Fatal(err)
	}
	const grace = 50 * time.Millisecond
	asked := time.Now()
	if err := p.Stop(t.Context(), grace); err != nil {
		t.Fatal(err)
	}
	if took := time.Since(asked); took < grace {
		t.Errorf("killed after %v, grace is %v", took, grace)
	}
	if exit := wait(t, p); exit.Code != -1 || exit.Signal != "killed" {
		t.Errorf("got %+v", exit)
	}
}

func TestStopAsksFirst(t *testing.T) {
	p := start(t, shell(`trap 'exit 7' TERM; echo {}; while :; do sleep 0.01; done`))
	if _, err := p.ReadLine(); err != nil {
		t.Fatal(err)
	}
	if err := p.Stop(t.Context(), time.Minute); err != nil {
		t.Fatal(err)
	}
	if exit := wait(t, p); exit.Code != 7 {
		t.Errorf("got %+v", exit)
	}
}

func TestStopEndsItsGraceWithItsContext(t *testing.T) {
	p := start(t, as("deaf"))
	if _, err := p.ReadLine(); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := p.Stop(ctx, time.Hour); err != nil {
		t.Fatal(err)
	}
	if living(p.PID()) {
		t.Error("the process lives")
	}
}

func TestStoppedWhileForking(t *testing.T) {
	p := start(t, shell(`trap "" TERM; echo {}; while :; do (setsid sleep 60 &); done`))
	if _, err := p.ReadLine(); err != nil {
		t.Fatal(err)
	}
	if err := p.Stop(t.Context(), 50*time.Millisecond); err != nil {
		t.Fatal(err)
	}
	if left, _ := p.family.gather(); len(left) > 0 {
		t.Fatalf("left: %v", left)
	}
}

func TestWhatACrashLeavesBehindIsEnded(t *testing.T) {
	p := start(t, shell(setsid))
	grandchild := readPID(t, p.ReadLine)
	if err := syscall.Kill(p.PID(), syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	if exit := wait(t, p); exit.Signal != "killed" || living(grandchild) {
		t.Fatalf("exit %+v, grandchild lives %v", exit, living(grandchild))
	}
}

// A process that cannot be known for the agent's, since it has neither parent nor mark, holds the pipes open.
func TestOutputEndsThoughAStrangerHoldsIt(t *testing.T) {
	p := start(t, shell(`env -i /usr/bin/setsid -f sh -c 'echo "{\"pid\":$$}"; exec sleep 60'; read line; echo '{"last":true}'; exit 5`))
	pid := readPID(t, p.ReadLine)
	t.Cleanup(func() { _ = syscall.Kill(pid, syscall.SIGKILL) })
	p.CloseInput()
	if exit := wait(t, p); exit.Code != 5 {
		t.Fatalf("got %+v", exit)
	}
	if line, err := p.ReadLine(); err != nil || string(line) != `{"last":true}` {
		t.Fatalf("got %q, %v", line, err)
	}
	if _, err := p.ReadLine(); err != io.EOF {
		t.Fatal(err)
	}
	if !living(pid) {
		t.Fatal("the stranger is gone: this test shows nothing")
	}
}

func TestKilledServer(t *testing.T) {
	script := `(setsid sh -c '` + stubborn + `' &) ; while :; do sleep 60; done`
	dies, lives := startServer(t, script), startServer(t, script)
	agent, shell := readPID(t, dies.out.next), readPID(t, dies.out.next)
	otherAgent, otherShell := readPID(t, lives.out.next), readPID(t, lives.out.next)

	dies.kill(t)
	awaitEnd(t, agent) // by its parent-death signal
	if !living(shell) {
		t.Fatal("the shell is gone before the sweep: this test shows nothing")
	}
	found, err := Sweep(t.Context(), 50*time.Millisecond)
	if err != nil || found == 0 {
		t.Fatalf("swept %d, %v", found, err)
	}
	if living(shell) {
		t.Error("the shell of the dead server lives")
	}
	if !living(otherAgent) || !living(otherShell) {
		t.Error("a process of a living server was ended")
	}
	if found, err := Sweep(t.Context(), time.Minute); err != nil || found != 0 {
		t.Errorf("second sweep: %d, %v", found, err)
	}
	lives.shutDown(t)
	if living(otherAgent) || living(otherShell) {
		t.Error("a server that shut down left processes")
	}
}

func deadMark(t *testing.T) string {
	t.Helper()
	cmd := exec.Command("/bin/true")
	if err := cmd.Run(); err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf(markFormat, thisOwner().space, cmd.Process.Pid, 1, 1)
}

func TestWhoseServerIsDead(t *testing.T) {
	self := thisOwner()
	for mark, want := range map[string]bool{
		newMark():   false,
		deadMark(t): true,
		fmt.Sprintf(markFormat, self.space, self.pid, self.start+1, 1):                   true, // the number is another's now
		fmt.Sprintf(markFormat, "pid:[1]", 1, 1, 1):                                      false,
		fmt.Sprintf(markFormat, self.space, os.Getppid(), mustStart(t, os.Getppid()), 1): false,
	} {
		o, ok := ownerOf(mark)
		if !ok || o.dead() != want {
			t.Errorf("%q: known %v, dead %v, want %v", mark, ok, o.dead(), want)
		}
	}
	for _, mark := range []string{"", "x", "a b c d", "pid:[1] 2"} {
		if _, ok := ownerOf(mark); ok {
			t.Errorf("%q is taken for a mark", mark)
		}
	}
}

func mustStart(t *testing.T, pid int) uint64 {
	t.Helper()
	e, err := readEntry(pid)
	if err != nil {
		t.Fatal(err)
	}
	return e.start
}

// A server may itself have been started by an agent whose server is dead by now.
func TestSweepSparesItselfItsAncestorsAndLivingServers(t *testing.T) {
	mark := deadMark(t)
	livingServer := thisOwner()
	row := func(pid, parent int, mark string) entry {
		return entry{member: member{pid: pid, start: 1}, parent: parent, mark: mark}
	}
	const orphan, nested = 1 << 28, 1<<28 + 1
	other := fmt.Sprintf(markFormat, livingServer.space, livingServer.pid, livingServer.start, 7)
	fake := table{
		orphan:       row(orphan, 1, mark),
		nested:       row(nested, orphan, other),
		os.Getpid():  row(os.Getpid(), os.Getppid(), mark),
		os.Getppid(): row(os.Getppid(), 1, mark),
	}
	roots, spared := orphans().find(fake)
	if len(roots) != 3 {
		t.Errorf("%d roots", len(roots))
	}
	for pid, want := range map[int]bool{orphan: false, nested: true, os.Getpid(): true, os.Getppid(): true} {
		if spared[pid] != want {
			t.Errorf("process %d: spared %v, want %v", pid, spared[pid], want)
		}
	}
}

func TestEntryOfAStrangeName(t *testing.T) {
	dir := t.TempDir()
	odd := dir + "/a) R 1 (b c"
	sh, err := os.ReadFile("/bin/sleep")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(odd, sh, 0o755); err != nil {
		t.Fatal(err)
	}
	p := start(t, Spec{Path: odd, Args: []string{"60"}})
	raw, err := os.ReadFile("/proc/" + strconv.Itoa(p.PID()) + "/stat")
	if err != nil || !bytes.Contains(raw, []byte(") R 1 (")) {
		t.Fatalf("%q, %v", raw, err)
	}
	if e, err := readEntry(p.PID()); err != nil || e.parent != os.Getpid() || e.group != p.PID() {
		t.Fatalf("%+v, %v", e, err)
	}
}
