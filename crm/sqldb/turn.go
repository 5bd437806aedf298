package sqldb

import "github.com/gofrs/flock"

// turn keeps the writers of several processes in line: an import, whose
// transactions follow each other closely, would otherwise leave a server no
// moment to begin one, since SQLite does not queue who waits for its lock but
// lets everybody try again now and then.
//
// Who wants to begin holds the turn until the transaction has begun; so nobody
// begins a second time while somebody waits.
type turn struct{ lock *flock.Flock }

func newTurn(database string) turn {
	return turn{flock.New(database+".turn", flock.SetPermissions(0o600))}
}

// begin runs begin when it is this writer's turn. Where files cannot be locked
// writers are served as SQLite does it.
func (t turn) begin(begin func() error) error {
	if t.lock.Lock() == nil {
		defer func() { _ = t.lock.Unlock() }()
	}
	return begin()
}
