package sqlite

import "os"

// walLimit is where readers that never pause have kept SQLite from beginning the write-ahead log anew for too long.
const walLimit = 32 << 20

// trim empties a write-ahead log that outgrew its limit; for that it waits until the readers of this moment are done.
// When they take too long it is tried again after as much growth.
func (w *writer) trim() {
	info, err := os.Stat(w.wal)
	if err != nil || info.Size() < w.due {
		return
	}
	w.due = info.Size() + w.limit
	var busy, pages, copied int
	err = w.conn.QueryRowContext(background, "PRAGMA wal_checkpoint(TRUNCATE)").Scan(&busy, &pages, &copied)
	if err == nil && busy == 0 {
		w.due = w.limit
	}
}
