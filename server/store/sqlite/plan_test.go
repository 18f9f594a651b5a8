package sqlite

import (
	"database/sql"
	"maps"
	"strings"
	"testing"
)

// TestNothingIsScanned: what runs in normal operation finds its rows by an index, in the order that it needs.
func TestNothingIsScanned(t *testing.T) {
	t.Parallel()
	s := opened(t, dataFile(t), Options{})
	r, w := new(reader), new(statements)
	queries := r.queries()
	delete(queries, &r.everyKey)  // all sessions, when a page is damaged
	delete(queries, &r.condemned) // all that is being erased
	maps.Copy(queries, w.queries())
	for _, b := range []**sql.Stmt{&w.begin, &w.commit, &w.rollback} {
		delete(queries, b)
	}
	for _, query := range queries {
		for _, step := range plan(t, s, query) {
			if strings.HasPrefix(step, "SCAN") || strings.Contains(step, "TEMP B-TREE") {
				t.Errorf("%s\n\t%s", query, step)
			}
		}
	}
}

// TestUnfinishedKeysComeFromTheIndex: a damaged page of the table must not hide the others.
func TestUnfinishedKeysComeFromTheIndex(t *testing.T) {
	t.Parallel()
	s := opened(t, dataFile(t), Options{})
	r := new(reader)
	steps := plan(t, s, r.queries()[&r.unfinished])
	if len(steps) != 1 || !strings.Contains(steps[0], "COVERING INDEX session_unfinished") {
		t.Errorf("plan %q", steps)
	}
}

func plan(t *testing.T, s *Store, query string) []string {
	t.Helper()
	args := make([]any, strings.Count(query, "?"))
	rows, err := s.reader.db.QueryContext(t.Context(), "EXPLAIN QUERY PLAN "+query, args...)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var steps []string
	for rows.Next() {
		var id, parent, unused int
		var step string
		if err := rows.Scan(&id, &parent, &unused, &step); err != nil {
			t.Fatal(err)
		}
		steps = append(steps, step)
	}
	return steps
}
