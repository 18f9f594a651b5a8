package sqlite

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"testing"

	"github.com/parleyhq/parley/server/store"
)

// victimPath is the environment variable that makes this test binary a process which appends until it is killed.
const victimPath = "PARLEY_TEST_VICTIM"

const victimSessions = 8

// TestKill: whenever the process is killed, everything that it acknowledged is there once, in order and without a gap,
// the next process can open the file at once, and state and log are of one moment.
func TestKill(t *testing.T) {
	t.Parallel()
	rounds := 12
	if testing.Short() {
		rounds = 3
	}
	path := dataFile(t)
	var acknowledged [victimSessions]uint64
	for round := range rounds {
		murder(t, path, &acknowledged)
		if report, err := Check(t.Context(), path); err != nil || len(report.Faults) != 0 {
			t.Fatalf("round %d: %v, %v", round, report.Faults, err)
		}
		s := opened(t, path, Options{})
		for i, last := range acknowledged {
			survived(t, s, strconv.Itoa(i), last)
		}
		mustClose(t, s)
	}
}

// murder lets a process append and kills it after so many acknowledgements as chance has it.
func murder(t *testing.T, path string, acknowledged *[victimSessions]uint64) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), victimPath+"="+path)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewReader(out)
	for left := rand.IntN(400); ; left-- {
		if left == 0 {
			if err := cmd.Process.Kill(); err != nil {
				t.Error(err)
			}
		}
		line, err := lines.ReadString('\n')
		if err == io.EOF { // a last line without its end was never acknowledged
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		var session int
		var last uint64
		if _, err := fmt.Sscan(line, &session, &last); err != nil {
			t.Fatalf("line %q: %v", line, err)
		}
		acknowledged[session] = last
	}
	if err := cmd.Wait(); cmd.ProcessState.ExitCode() != -1 {
		t.Fatalf("the process was not killed: %v", err)
	}
}

func survived(t *testing.T, s *Store, id string, acknowledged uint64) {
	t.Helper()
	if acknowledged == 0 {
		return
	}
	row, err := s.Session(t.Context(), id)
	if err != nil || row.Last < acknowledged {
		t.Fatalf("session %s is at %d, %v; %d was acknowledged", id, row.Last, err, acknowledged)
	}
	if state := string(row.State.Data); state != fmt.Sprint(row.Last) {
		t.Fatalf("session %s is at %d, its state at %s", id, row.Last, state)
	}
	records, err := s.Read(t.Context(), id, 0, store.Page{})
	if err != nil || uint64(len(records)) != row.Last {
		t.Fatalf("session %s has %d records, %v; want %d", id, len(records), err, row.Last)
	}
	for i, r := range records {
		want := events(id, uint64(i), 1, 10).Records[0]
		if r.Sequence != want.Sequence || string(r.JSON) != string(want.JSON) {
			t.Fatalf("session %s: record %d is %d %s", id, i, r.Sequence, r.JSON)
		}
	}
}

// victim appends to its sessions and says so after each append. It does not return.
func victim(path string) {
	s, err := Open(context.Background(), path, Options{})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	failed := make(chan error)
	for i := range victimSessions {
		go func() { failed <- appendForever(s, strconv.Itoa(i)) }()
	}
	fmt.Fprintln(os.Stderr, <-failed)
	os.Exit(1)
}

func appendForever(s *Store, id string) error {
	ctx := context.Background()
	row, err := s.Session(ctx, id)
	create := err != nil
	for last := row.Last; ; {
		c := events(id, last, 1+rand.IntN(20), 10)
		if last += uint64(len(c.Records)); create {
			key, err := s.NewKey(ctx)
			if err != nil {
				return err
			}
			c.Create, create = &store.Session{Key: key, ID: id, Created: noon}, false
		}
		c.State = &store.State{Data: []byte(fmt.Sprint(last))}
		if err := s.Append(ctx, c); err != nil {
			return err
		}
		if _, err := fmt.Printf("%s %d\n", id, last); err != nil {
			return err
		}
	}
}
