package db

import "reviewdesk/audit"

// Outbox implements audit.Source.
func (s source) Outbox(yield func(seq int64, object, state string) error) error {
	type told struct {
		entry         int64
		object, state string
	}
	return chunks(s.beside, `SELECT o.id, o.entry, COALESCE(v.id, ''), o.event FROM outbox o LEFT JOIN verification v ON v.seq = o.v WHERE o.id > ? ORDER BY o.id LIMIT +?`,
		func(rows answers) (id int64, t told, err error) {
			err = rows.Scan(&id, &t.entry, &t.object, &t.state)
			return id, t, err
		},
		func(_ int64, t told) error { return yield(t.entry, t.object, t.state) })
}

// Accounts implements audit.Source.
func (s source) Accounts(yield func(audit.AccountState) error) error {
	rows, err := s.beside.rows(`SELECT id, role, name, email, disabled_at FROM account ORDER BY id`)
	if err != nil {
		return err
	}
	return eachRow(rows, func() error {
		var a audit.AccountState
		var disabled int64
		if err := rows.Scan(&a.ID, &a.Role, &a.Name, &a.Email, &disabled); err != nil {
			return err
		}
		a.Disabled = fromMicros(disabled)
		return yield(a)
	})
}
