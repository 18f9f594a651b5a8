package proc

import (
	"bufio"
	"strings"
	"sync"
)

const (
	stderrHead = 20
	stderrTail = 50
	stderrLine = 4 << 10 // bytes kept of one line
)

// Stderr is what is kept of a process's stderr: everything when that is little, else its first 20 and last 50 lines.
type Stderr struct {
	Head       string // all lines, or the first 20 when Tail is used; joined by newlines
	Tail       string // the last 50 lines, empty when Head has everything
	Truncated  bool   // lines are missing between Head and Tail, or lines over 4 KiB were shortened
	TotalLines int
}

// Last is the last line that says something, for one-line messages.
func (s Stderr) Last() string {
	text := s.Tail
	if strings.TrimSpace(text) == "" {
		text = s.Head
	}
	text = strings.TrimSpace(text)
	return strings.TrimSpace(text[strings.LastIndexByte(text, '\n')+1:])
}

type stderr struct {
	pipe *pipe

	mu        sync.Mutex
	head      []string
	tail      [stderrTail]string // a ring, indexed by line number
	total     int
	shortened bool
}

// drain reads until the end, so that the process never blocks on a full pipe.
func (s *stderr) drain() {
	r := bufio.NewReaderSize(s.pipe, stderrLine)
	for {
		line, more, err := r.ReadLine()
		if err != nil {
			return
		}
		text := strings.ToValidUTF8(string(line), "\uFFFD")
		s.add(text, more)
		for more && err == nil {
			_, more, err = r.ReadLine()
		}
	}
}

func (s *stderr) add(line string, shortened bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.head) < stderrHead {
		s.head = append(s.head, line)
	} else {
		s.tail[s.total%stderrTail] = line
	}
	s.total++
	s.shortened = s.shortened || shortened
}

func (s *stderr) snapshot() Stderr {
	s.mu.Lock()
	defer s.mu.Unlock()
	var tail []string
	for n := max(len(s.head), s.total-stderrTail); n < s.total; n++ {
		tail = append(tail, s.tail[n%stderrTail])
	}
	out := Stderr{TotalLines: s.total, Truncated: s.shortened || len(s.head)+len(tail) < s.total}
	if len(s.head)+len(tail) == s.total {
		out.Head = strings.Join(append(s.head[:len(s.head):len(s.head)], tail...), "\n")
		return out
	}
	out.Head, out.Tail = strings.Join(s.head, "\n"), strings.Join(tail, "\n")
	return out
}
