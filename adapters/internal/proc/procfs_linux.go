package proc

import (
	"bytes"
	"os"
	"strconv"
	"strings"
	"syscall"
)

// member is one process, told apart from later holders of its number by its start time (clock ticks since boot).
type member struct {
	pid   int
	start uint64
}

// signal sends sig to this very process; it is not an error that it is gone.
// FindProcess holds the process by a pidfd, so the number cannot change hands between the check and the signal.
func (m member) signal(sig syscall.Signal) {
	handle, err := os.FindProcess(m.pid)
	if err != nil {
		return
	}
	defer func() { _ = handle.Release() }()
	if e, err := readEntry(m.pid); err == nil && e.start == m.start {
		_ = handle.Signal(sig)
	}
}

// entry is one row of the process table.
type entry struct {
	member
	parent, group int
	zombie        bool
	mark          string
}

type table map[int]entry

// readTable reads all processes that can be seen. Zombies are rows too; their marks cannot be read.
func readTable() table {
	dir, err := os.Open("/proc")
	if err != nil {
		return nil
	}
	defer func() { _ = dir.Close() }()
	names, _ := dir.Readdirnames(-1)
	t := make(table, len(names))
	for _, name := range names {
		pid, err := strconv.Atoi(name)
		if err != nil {
			continue
		}
		if e, err := readEntry(pid); err == nil {
			e.mark = readMark(pid)
			t[pid] = e
		}
	}
	return t
}

func readEntry(pid int) (entry, error) {
	raw, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	if err != nil {
		return entry{}, err
	}
	// The name stands in parentheses and may hold anything, also parentheses: fields are counted after the last one.
	// state ppid pgrp session tty tpgid flags minflt cminflt majflt cmajflt utime stime cutime cstime priority nice
	// threads itrealvalue starttime
	fields := strings.Fields(string(raw[bytes.LastIndexByte(raw, ')')+1:]))
	if len(fields) < 20 {
		return entry{}, syscall.EINVAL
	}
	e := entry{member: member{pid: pid}, zombie: strings.ContainsAny(fields[0], "ZXx")}
	e.parent, _ = strconv.Atoi(fields[1])
	e.group, _ = strconv.Atoi(fields[2])
	e.start, err = strconv.ParseUint(fields[19], 10, 64)
	return e, err
}

func readMark(pid int) string {
	env, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/environ")
	if err != nil {
		return ""
	}
	prefix := []byte(markName + "=")
	for variable := range bytes.SplitSeq(env, []byte{0}) {
		if value, ok := bytes.CutPrefix(variable, prefix); ok {
			return string(value)
		}
	}
	return ""
}
