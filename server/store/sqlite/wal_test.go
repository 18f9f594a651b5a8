package sqlite

import (
	"os"
	"testing"
)

// logSize is the size of the write-ahead log in bytes.
func logSize(t *testing.T, s *Store) int64 {
	t.Helper()
	info, err := os.Stat(s.path + "-wal")
	if err != nil {
		t.Fatal(err)
	}
	return info.Size()
}

// TestLogIsTrimmed: a reader that never lets go makes the write-ahead log grow; without it the log gets small again.
func TestLogIsTrimmed(t *testing.T) {
	t.Parallel()
	const limit = 256 << 10
	s := opened(t, dataFile(t), Options{})
	err := s.writer.submit(t.Context(), &job{do: func(*statements) (refused, failed error) {
		s.writer.limit, s.writer.due = limit, limit
		return nil, nil
	}})
	if err != nil {
		t.Fatal(err)
	}
	begin(t, s, "a")
	reader, err := s.reader.db.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	var rows int
	if err := reader.QueryRowContext(t.Context(), "SELECT count(*) FROM log").Scan(&rows); err != nil {
		t.Fatal(err)
	}
	last := uint64(0)
	for ; logSize(t, s) < 2*limit; last++ {
		add(t, s, events("a", last, 1, 20000))
	}
	if err := reader.Rollback(); err != nil {
		t.Fatal(err)
	}
	for until := last + 2*limit/20000; last < until; last++ {
		add(t, s, events("a", last, 1, 20000))
	}
	if size := logSize(t, s); size >= 2*limit {
		t.Errorf("the log has %d bytes, the limit is %d", size, limit)
	}
	holds(t, s, "a", int(last))
}
