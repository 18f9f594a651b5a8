package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"strings"

	_ "modernc.org/sqlite" // the driver
)

const (
	// application marks our files in SQLite's header ("Prly").
	application = 0x50726c79
	// version is the schema below. A reader of version n refuses files of n+1.
	version = 1
)

// The log is a rowid table in the order of writing: a commit of many sessions dirties neighbouring pages at its end and
// a few leaves of the small index. Clustered by session it would dirty one page per session.
// For the same reason what is long in a session is in detail: every append moves the narrow row in session, and 60 of
// those share a page.
// Wide columns come last, so that reading the narrow ones never follows an overflow chain.
// The partial indexes hold their own condition, so that a list of keys is read without touching the table.
// AUTOINCREMENT keeps the highest key ever used in sqlite_sequence, also after that session is gone.
var schema = fmt.Sprintf(`
PRAGMA application_id = %d;
PRAGMA user_version = %d;
CREATE TABLE session (
	key        INTEGER PRIMARY KEY AUTOINCREMENT,
	id         TEXT NOT NULL UNIQUE,
	created    INTEGER NOT NULL,
	updated    INTEGER NOT NULL,
	last       INTEGER NOT NULL,
	epoch      INTEGER NOT NULL,
	unfinished INTEGER NOT NULL,
	pending    INTEGER NOT NULL,
	status     TEXT NOT NULL
);
CREATE TABLE detail (
	key   INTEGER PRIMARY KEY,
	state BLOB,
	data  BLOB
);
CREATE INDEX session_unfinished ON session (key, unfinished) WHERE unfinished <> 0;
CREATE INDEX session_pending ON session (key, pending) WHERE pending <> 0;
CREATE TABLE log (
	sid   INTEGER NOT NULL,
	last  INTEGER NOT NULL,
	n     INTEGER NOT NULL,
	codec INTEGER NOT NULL,
	data  BLOB NOT NULL,
	raw   BLOB
);
CREATE UNIQUE INDEX log_position ON log (sid, last);
CREATE TABLE erased (sid INTEGER PRIMARY KEY);
CREATE TABLE receipt (
	scope    TEXT NOT NULL,
	key      TEXT NOT NULL,
	sequence INTEGER NOT NULL,
	created  INTEGER NOT NULL,
	hash     BLOB,
	answer   BLOB,
	UNIQUE (scope, key)
);
CREATE INDEX receipt_created ON receipt (created);
`, application, version)

// Settings of a connection, as PRAGMAs. A checkpoint every 4,000 pages keeps the WAL short, and with it the start after
// an unclean end. The writer has no rival; what it may wait for, and everybody with it, is a reader (see trim).
// cell_size_check finds a damaged page when it is loaded and not in the middle of its use.
var (
	always = []string{"cell_size_check(1)", "trusted_schema(0)", "mmap_size(0)"}
	writes = append([]string{"busy_timeout(250)", "synchronous(FULL)", "wal_autocheckpoint(4000)",
		"journal_size_limit(33554432)", "cache_size(-32768)"}, always...)
	reads  = append([]string{"busy_timeout(5000)", "query_only(1)", "cache_size(-4096)"}, always...)
	births = append([]string{"synchronous(FULL)", "journal_mode(DELETE)"}, always...)
)

// connect opens path, which must exist. Connections are made when they are needed.
func connect(path, mode string, pragmas []string) (*sql.DB, error) {
	query := url.Values{"mode": {mode}, "_pragma": pragmas}
	name := strings.NewReplacer("%", "%25", "?", "%3f", "#", "%23").Replace(path)
	return sql.Open("sqlite", "file:"+name+"?"+query.Encode())
}

// populate makes an empty database file ours. WAL mode comes last: until then everything is in the file itself.
func populate(ctx context.Context, path string) error {
	db, err := connect(path, "rw", births)
	if err != nil {
		return err
	}
	_, err = db.ExecContext(ctx, "BEGIN IMMEDIATE;"+schema+"COMMIT; PRAGMA journal_mode = WAL")
	return errors.Join(err, db.Close())
}
