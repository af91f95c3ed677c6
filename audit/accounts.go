package audit

import (
	"strings"
	"time"
)

// accounts are the accounts as the entries leave them, by id. There are few.
type accounts map[string]*accountNow

type accountNow struct {
	AccountState
	named int   // how many of its name and address are known, since their keys are kept
	seq   int64 // the last entry that changed it; 0: none has added it yet
}

const actionAccountAdded = "account_added"

func (a accounts) of(e *Entry) *accountNow {
	now := a[e.Object]
	if now == nil {
		now = &accountNow{AccountState: AccountState{ID: strings.Clone(e.Object)}}
		a[now.ID] = now
	}
	return now
}

// open notes the words that an added account has; they open before it is applied.
func (a accounts) open(e *Entry, o opening) {
	if e.Action != actionAccountAdded {
		return
	}
	switch now := a.of(e); o.field {
	case "name":
		now.Name, now.named = string(o.value), now.named+1
	case "email":
		now.Email, now.named = string(o.value), now.named+1
	}
}

// apply plays one entry, if it is about an account.
func (a accounts) apply(e *Entry) error {
	role, hasRole := e.fact("role")
	switch e.Action {
	case actionAccountAdded:
		now := a.of(e)
		if now.seq != 0 {
			return fault(FaultAccount, e.Seq, "account %q is added a second time", e.Object)
		}
		now.seq, now.Role = e.Seq, strings.Clone(role)
	case "account_changed":
		now := a.of(e)
		if now.seq == 0 {
			return fault(FaultAccount, e.Seq, "account %q is changed, and was never added", e.Object)
		}
		now.seq = e.Seq
		if _, after, ok := strings.Cut(role, " to "); hasRole && ok {
			now.Role = strings.Clone(after)
		}
		switch change, _ := e.fact("change"); change {
		case "disabled":
			now.Disabled = e.Time
		case "enabled":
			now.Disabled = time.Time{}
		}
	}
	return nil
}

// compare checks one row of the table of accounts and ticks it off.
func (a accounts) compare(row AccountState) error {
	now := a[row.ID]
	if now == nil {
		return fault(FaultAccount, 0, "account %q has a row in the table and no entries, or a second row", row.ID)
	}
	wrong := func(what, got, want string) error {
		return fault(FaultAccount, now.seq, "account %q has the %s %q in the table, %q by the entries", row.ID, what, got, want)
	}
	switch {
	case row.Role != now.Role:
		return wrong("role", row.Role, now.Role)
	case !row.Disabled.Equal(now.Disabled):
		return wrong("end", moment(micros(row.Disabled)), moment(micros(now.Disabled)))
	case now.named == 2 && row.Name != now.Name:
		return fault(FaultAccount, now.seq, "account %q has another name in the table than it was added with", row.ID)
	case now.named == 2 && row.Email != now.Email:
		return fault(FaultAccount, now.seq, "account %q has another address in the table than it was added with", row.ID)
	}
	delete(a, row.ID)
	return nil
}

// rest checks that no account is left without its row.
func (a accounts) rest() error {
	var last *accountNow
	for _, now := range a {
		if last == nil || now.seq > last.seq {
			last = now
		}
	}
	if last == nil {
		return nil
	}
	return fault(FaultAccount, last.seq, "account %q has entries and no row in the table", last.ID)
}
