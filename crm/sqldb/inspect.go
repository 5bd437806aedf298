package sqldb

import (
	"context"
	"database/sql"
	"fmt"
	"strconv"
)

// Note is what an operator should know of a database.
type Note struct {
	Name, Value string
	// Advice says what to do, "" when all is well.
	Advice string
	// Unsafe tells that acknowledged data can be lost.
	Unsafe bool
}

// Inspect looks at the database's settings and size; connections is how many a
// server opens.
func (s *Store) Inspect(ctx context.Context, connections int) ([]Note, error) {
	switch e := s.engine.(type) {
	case *sqliteEngine:
		return e.inspect(ctx)
	case *mysqlEngine:
		return e.inspect(ctx, connections)
	}
	return nil, nil
}

func (e *sqliteEngine) inspect(ctx context.Context) ([]Note, error) {
	values := map[string]string{}
	for _, name := range []string{"journal_mode", "synchronous", "page_size", "page_count", "freelist_count"} {
		var value string
		if err := e.readers.QueryRowContext(ctx, "PRAGMA "+name).Scan(&value); err != nil {
			return nil, err
		}
		values[name] = value
	}
	pages, size := number(values["page_count"]), number(values["page_size"])
	notes := []Note{
		{Name: "sqlite", Value: fmt.Sprintf("journal_mode %s, synchronous %s", values["journal_mode"], values["synchronous"])},
		{Name: "size", Value: fmt.Sprintf("%d MiB", pages*size>>20)},
	}
	if values["journal_mode"] != "wal" || values["synchronous"] != "2" {
		notes[0].Unsafe, notes[0].Advice = true, "must be wal and 2 (FULL)"
	}
	if free := number(values["freelist_count"]); pages > 1000 && free > pages/2 {
		notes[1].Advice = "more than half of the file is free: VACUUM it while no server runs"
	}
	return notes, nil
}

func number(text string) int64 {
	n, _ := strconv.ParseInt(text, 10, 64) // what is no number counts as 0
	return n
}

func (e *mysqlEngine) inspect(ctx context.Context, connections int) ([]Note, error) {
	settings, err := variables(ctx, e.db, settingNames...)
	if err != nil {
		return nil, err
	}
	more, err := variables(ctx, e.db, "version", "max_connections", "innodb_buffer_pool_size", "max_allowed_packet")
	if err != nil {
		return nil, err
	}
	notes := []Note{{Name: "server", Value: more["version"]}}
	for _, fault := range unsafeSettings(settings) {
		notes = append(notes, Note{Name: "setting", Value: "unsafe", Advice: fault, Unsafe: true})
	}
	allowed := Note{Name: "max_connections", Value: more["max_connections"]}
	if number(allowed.Value) < int64(2*connections) {
		allowed.Advice = fmt.Sprintf("a server opens up to %d; leave room for a second one and for commands", connections)
	}
	data, err := e.size(ctx)
	buffer := number(more["innodb_buffer_pool_size"])
	memory := Note{Name: "size", Value: fmt.Sprintf("%d MiB of data, a buffer pool of %d MiB", data>>20, buffer>>20)}
	if data > buffer {
		memory.Advice = "the data does not fit into innodb_buffer_pool_size: make it larger"
	}
	return append(notes, allowed, memory), err
}

// size is what the tables and their indexes take, in bytes.
func (e *mysqlEngine) size(ctx context.Context) (int64, error) {
	var size sql.NullInt64
	err := e.db.QueryRowContext(ctx, `SELECT CAST(SUM(data_length + index_length) AS SIGNED) FROM information_schema.tables
		WHERE table_schema = DATABASE()`).Scan(&size)
	return size.Int64, err
}
