package protocol

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Severity says whether a definition with a fault can be used.
type Severity string

// The severities.
const (
	Error   Severity = "error"   // it cannot
	Warning Severity = "warning" // it can, but perhaps not as it was meant
)

// Fault is something wrong with a definition.
type Fault struct {
	File     string // as it lies in the agent's folder: protocol.yaml, prompts/system.md
	Line     int    // from 1; 0 = the file as a whole
	Path     string // such as handlers.user-message."Respond".prompt; empty = the file as a whole
	Message  string // for people
	Severity Severity
}

// String is the fault in one line.
func (f Fault) String() string {
	var b strings.Builder
	b.WriteString(f.File)
	if f.Line > 0 {
		fmt.Fprintf(&b, ":%d", f.Line)
	}
	fmt.Fprintf(&b, ": %s: ", f.Severity)
	if f.Path != "" {
		b.WriteString(f.Path + ": ")
	}
	return b.String() + f.Message
}

// maxFaults is how many faults are told of one definition.
const maxFaults = 1000

// faultLog collects the faults of one definition.
type faultLog struct {
	faults []Fault
	failed bool // there was an error, told or not
	more   bool // there were too many to tell
}

func (l *faultLog) add(f Fault) {
	l.failed = l.failed || f.Severity == Error
	if !l.room() {
		l.more = true
		return
	}
	l.faults = append(l.faults, f)
}

func (l *faultLog) room() bool { return len(l.faults) < maxFaults }

// sorted are the faults in order of file and line; those of one line as they were found.
func (l *faultLog) sorted() []Fault {
	slices.SortStableFunc(l.faults, func(a, b Fault) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line))
	})
	if !l.more {
		return l.faults
	}
	rest := Fault{File: protocolFile, Message: fmt.Sprintf("there are more than %d faults", maxFaults), Severity: Warning}
	if l.failed {
		rest.Severity = Error
	}
	return append(l.faults, rest)
}

// place is where something stands in a definition.
type place struct {
	log  *faultLog
	file string
	line int
	path string
}

func (p place) errorf(format string, args ...any) { p.add(Error, format, args) }

func (p place) warnf(format string, args ...any) { p.add(Warning, format, args) }

func (p place) add(s Severity, format string, args []any) {
	p.log.add(Fault{File: p.file, Line: p.line, Path: p.path, Message: fmt.Sprintf(format, args...), Severity: s})
}

// child is the place of a part.
func (p place) child(label string, line int) place {
	if p.path != "" && !strings.HasPrefix(label, "[") {
		label = "." + label
	}
	p.path, p.line = p.path+label, line
	return p
}
