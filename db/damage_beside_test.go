package db_test

import (
	"testing"

	"reviewdesk/audit"
	"reviewdesk/db"
	"reviewdesk/db/dbtest"
	"reviewdesk/review"
)

// TestEveryDamageBesideTheCasesIsNamed is about who may speak to the APIs, what the
// policy was, and how names were compared.
func TestEveryDamageBesideTheCasesIsNamed(t *testing.T) {
	d := dbtest.New(t)
	ana, mei, rosa := d.Person("Ana Quiroga", review.RoleReviewer), d.Person("Mei Tan", review.RoleSenior), d.Person("Rosa Oliveira", review.RoleAdmin)
	kept, _, err := d.AddClient(t.Context(), rosa, cybridClient("Payout platform"))
	ok(t, err)
	gone, _, err := d.AddClient(t.Context(), rosa, cybridClient("Old platform"))
	ok(t, err)
	ok(t, d.RevokeClient(t.Context(), rosa, gone.ID))
	told, undone := d.Cybrid(2, "Olu Adebayo", "address_check_failure"), d.Cybrid(3, "Noor El-Sayed", "address_check_failure")
	for _, id := range []string{told, undone} {
		v, err := d.Peek(t.Context(), id)
		ok(t, err)
		_, err = d.Decide(t.Context(), ana, id, approval(v.Version), "")
		ok(t, err)
	}
	ok(t, second(d.Undo(t.Context(), ana, undone)))
	approved, unsaid := firstOf(t, d, review.EventDecided, told), firstOf(t, d, review.EventDecided, undone)
	for _, who := range []string{"Ines Ferrari", "nobody@example.com", "Bo Ferrari"} {
		ok(t, d.Declare(t.Context(), ana, who))
	}
	interests, err := d.Interests(t.Context(), ana.ID)
	ok(t, err)
	ok(t, d.Withdraw(t.Context(), ana, interests[2].ID))
	declaring, _, err := d.Log(t.Context(), review.EventFilter{Kind: review.EventInterest}, 0, 1)
	ok(t, err)
	declared := declaring[0].Seq
	p, err := d.Policy(t.Context())
	ok(t, err)
	p.SamplePercent = 100
	_, err = d.SetPolicy(t.Context(), rosa, p)
	ok(t, err)
	id := d.Cybrid(1, "Ines Moreau", "watchlist_check_failure")
	for by, conclusion := range map[*db.Actor]review.Conclusion{&mei: review.Undetermined, &ana: review.Undetermined} {
		ok(t, second(d.NameMatch(t.Context(), *by, id, sheet(conclusion))))
	}
	added, ended := firstOf(t, d, review.EventClientAdded, kept.ID), firstOf(t, d, review.EventClientRevoked, gone.ID)
	changed := firstOf(t, d, review.EventPolicyChange, "")
	newest, _, err := d.Log(t.Context(), review.EventFilter{Kind: review.EventNameMatched}, 0, 1)
	ok(t, err)
	matched := newest[0].Seq
	d.Shut()
	w := workweek{dir: d.Dir}
	if r := w.patient(t).verify(); r.ExitCode() != 0 {
		t.Fatalf("the untouched copy should be whole: %s", r.Sentence())
	}
	for _, c := range []damage{
		{"a client may do more than it was given", statement(`UPDATE client SET scopes = scopes || ' identity_verifications:pii:read' WHERE id = ?`, kept.ID), audit.FaultAccount, added},
		{"a client has another name", statement(`UPDATE client SET name = 'X' WHERE id = ?`, kept.ID), audit.FaultAccount, added},
		{"a client is another provider's", statement(`UPDATE client SET provider = 'coinify' WHERE id = ?`, kept.ID), audit.FaultAccount, added},
		{"a client that was revoked is back", statement(`UPDATE client SET revoked_at = 0 WHERE id = ?`, gone.ID), audit.FaultAccount, ended},
		{"a client was put in", statement(`INSERT INTO client (id, provider, name, scopes, secret, created_at) VALUES ('x', 'cybrid', 'X', '', x'00', 1)`), audit.FaultAccount, 0},
		{"a client is deleted", statement(`DELETE FROM client WHERE id = ?`, kept.ID), audit.FaultAccount, added},
		{"the policy says otherwise", statement(`UPDATE policy_version SET body = replace(body, '100', '0')`), audit.FaultChanged, changed},
		{"the policy is deleted", statement(`DELETE FROM policy_version`), audit.FaultChanged, changed},
		{"a policy is put in", statement(`INSERT INTO policy_version SELECT version + 1, body, entry FROM policy_version`), audit.FaultChanged, 0},
		{"a message to a platform is marked as taken back", statement(`UPDATE outbox SET withdrawn_at = created_at WHERE withdrawn_at = 0 AND event = 'passed'`), audit.FaultCase, approved},
		{"a decision that was undone is to be told after all", statement(`UPDATE outbox SET withdrawn_at = 0`), audit.FaultCase, unsaid},
		{"a declared interest is deleted", statement(`DELETE FROM interest WHERE id = ?`, interests[0].ID), audit.FaultAccount, declared},
		{"a declared interest is of somebody else", statement(`UPDATE interest SET digest = x'00' WHERE id = ?`, interests[0].ID), audit.FaultAccount, declared},
		{"a declared interest is another one's words", statement(`UPDATE interest SET sealed = (SELECT sealed FROM interest WHERE id = ?) WHERE id = ?`, interests[1].ID, interests[0].ID), audit.FaultAccount, declared},
		{"an interest is put in", statement(`INSERT INTO interest (account, digest, sealed, at) SELECT account, x'01', sealed, at FROM interest WHERE id = ?`, interests[0].ID), audit.FaultAccount, declared},
		{"a worksheet concludes otherwise", statement(`UPDATE worksheet SET conclusion = 'another_person'`), audit.FaultCase, matched},
		{"a worksheet is an older one", statement(`UPDATE worksheet SET entry = entry - 1`), audit.FaultCase, matched},
		{"a worksheet is deleted", statement(`DELETE FROM worksheet`), audit.FaultCase, matched},
		{"a worksheet is put in", statement(`INSERT INTO worksheet SELECT v, 'X', entry, conclusion FROM worksheet`), audit.FaultCase, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			p := w.patient(t)
			c.do(p)
			if r := p.verify(); r.Fault != c.fault || r.Seq != c.seq || r.Detail == "" {
				t.Errorf("found %q at event %d; want %q at %d: %s", r.Fault, r.Seq, c.fault, c.seq, r.Sentence())
			}
		})
	}
}
