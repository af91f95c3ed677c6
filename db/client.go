package db

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"reviewdesk/review"
)

// Client is a program that may speak to one provider's API here. A Coinify client
// speaks as one trader. Times are UTC.
type Client struct {
	ID       string
	Provider review.Provider
	Name     string
	Scopes   []string // Cybrid's
	Trader   int64    // Coinify's number of the trader; 0 for Cybrid
	Email    string   // for Coinify's password grant; "" for none
	Password string   // PHC string; "" for none
	Created  time.Time
	Revoked  time.Time // zero: may speak
	Tokens   int       // access tokens alive, only where [DB.Clients] filled it
}

// Active reports whether the client may speak.
func (c Client) Active() bool { return c.Revoked.IsZero() }

// Actor is the client as the log names it.
func (c Client) Actor(address, request string) Actor {
	return Actor{Kind: "client", Person: review.Person{ID: c.ID, Name: c.Name}, Address: address, Request: request}
}

// Reference is the trader's number as cases carry it.
func (c Client) Reference() string { return fmt.Sprint(c.Trader) }

// Scopes are what a Cybrid client can be allowed (facts/cybrid.md, section 6). Write
// exists there and no operation uses it.
func Scopes() []string {
	return []string{"identity_verifications:read", "identity_verifications:pii:read", "identity_verifications:write", "identity_verifications:execute"}
}

// NewClient is what an admin gives to add a program.
type NewClient struct {
	Provider review.Provider
	Name     string
	Scopes   []string
	Email    string // Coinify only, with Password
	Password string // PHC string

	// Submission is the one-time id of the form that asks for it: the same form sent
	// again by the same person is [ErrRepeated]. "" for none.
	Submission string
}

// ErrRepeated says that a form was sent before. What it made then stands; the secret
// that was shown then is not shown again.
var ErrRepeated = errors.New("this form was sent before")

// Check says what is wrong with it ([review.Invalid]), and puts its name and address
// into the form in which they are kept.
func (n *NewClient) Check() error {
	bad := review.Invalid{}
	n.Name, n.Email = strings.TrimSpace(n.Name), normalEmail(n.Email)
	if !plainWord(n.Name) || n.Name == "" {
		bad.Add("name", "A client's name has 1 to 120 plain letters, digits, spaces, dots and hyphens: it stands in the log.")
	}
	switch n.Provider {
	case review.Cybrid:
		n.checkScopes(bad)
	case review.Coinify:
		if n.Email == "" != (n.Password == "") {
			bad.Add("email", "An e-mail address and a password go together.")
		}
		if n.Email != "" && !strings.Contains(n.Email, "@") {
			bad.Add("email", "This is no e-mail address.")
		}
	default:
		bad.Add("provider", "Choose Cybrid or Coinify.")
	}
	return bad.Err()
}

func (n *NewClient) checkScopes(bad review.Invalid) {
	for _, s := range n.Scopes {
		if !slices.Contains(Scopes(), s) {
			bad.Add("scope", fmt.Sprintf("%q is no scope.", s))
		}
	}
	if len(n.Scopes) == 0 {
		bad.Add("scope", "Choose at least one scope.")
	}
	if n.Email != "" || n.Password != "" {
		bad.Add("email", "A Cybrid client signs in with its secret.")
	}
}

// firstTrader is where the numbers of traders begin; a small one would be taken for
// a running number of ours.
const firstTrader = 420_001

// AddClient adds a program and returns its secret, which is never shown again: the
// client secret at Cybrid, the offline token at Coinify.
func (db *DB) AddClient(ctx context.Context, by Actor, n NewClient) (Client, string, error) {
	if by.Kind == "person" && !by.Role.May(review.RightAdminister) {
		return Client{}, "", review.Forbidden{Why: "Only an admin adds API clients."}
	}
	if err := n.Check(); err != nil {
		return Client{}, "", err
	}
	c := Client{ID: db.idOf("client", by, n.Submission), Provider: n.Provider, Name: n.Name, Scopes: n.Scopes, Email: n.Email, Password: n.Password}
	secret, digest := newSecret()
	err := db.Do(ctx, func(tx *Tx) error {
		c.Created = tx.Now
		if n.Provider == review.Coinify {
			if err := tx.row(`SELECT COALESCE(MAX(trader), ?) + 1 FROM client WHERE trader <> 0`, firstTrader-1).Scan(&c.Trader); err != nil {
				return err
			}
		}
		res, err := tx.exec(`INSERT INTO client (id, provider, name, scopes, secret, trader, email, password, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
			ON CONFLICT DO NOTHING`, c.ID, string(c.Provider), c.Name, strings.Join(c.Scopes, " "), digest, c.Trader, c.Email, c.Password, micros(tx.Now))
		if err != nil {
			return err
		}
		if added, _ := res.RowsAffected(); added == 0 {
			return tx.notAdded(c.ID)
		}
		_, err = tx.append(by, review.Event{Kind: review.EventClientAdded, Object: c.ID, Facts: c.facts()}, 0)
		return err
	})
	return c, secret, err
}

// notAdded says which rule kept a client out.
func (tx *Tx) notAdded(id string) error {
	var n int
	err := tx.row(`SELECT COUNT(*) FROM client WHERE id = ?`, id).Scan(&n)
	switch {
	case err != nil:
		return err
	case n > 0:
		return ErrRepeated
	}
	return review.Invalid{"email": "A client has this address already."}
}

// idOf makes the id of something that a form asks for, 32 hex digits. It follows from
// the form's own id, so that the same form cannot make it twice.
func (db *DB) idOf(what string, by Actor, submission string) string {
	id := uuid.New()
	if submission != "" {
		id = uuid.NewHash(sha256.New(), uuid.Nil, db.digest(what+" of a form", []byte(by.ID+" "+submission)), 8)
	}
	return strings.ReplaceAll(id.String(), "-", "")
}

func (c Client) facts() []review.Fact {
	facts := []review.Fact{{Name: "provider", Value: string(c.Provider)}, {Name: "name", Value: c.Name}}
	if c.Trader != 0 {
		facts = append(facts, review.Fact{Name: "trader", Value: c.Reference()})
	}
	for _, s := range c.Scopes {
		facts = append(facts, review.Fact{Name: "scope", Value: s})
	}
	return facts
}

// RevokeClient shuts a program out: its secret and all its tokens are worth nothing
// from the commit on. Revoking it again changes nothing.
func (db *DB) RevokeClient(ctx context.Context, by Actor, id string) error {
	if by.Kind == "person" && !by.Role.May(review.RightAdminister) {
		return review.Forbidden{Why: "Only an admin revokes API clients."}
	}
	return db.Do(ctx, func(tx *Tx) error {
		c, err := scanClient(tx.row(`SELECT `+clientColumns+` FROM client c WHERE c.id = ?`, id).Scan)
		if err != nil || !c.Active() {
			return err
		}
		if err := tx.one(`UPDATE client SET revoked_at = ? WHERE id = ?`, micros(tx.Now), id); err != nil {
			return err
		}
		if _, err := tx.exec(`UPDATE token SET ended_at = ? WHERE client = ? AND ended_at = 0`, micros(tx.Now), id); err != nil {
			return err
		}
		_, err = tx.append(by, review.Event{Kind: review.EventClientRevoked, Object: id, Facts: []review.Fact{{Name: "name", Value: c.Name}}}, 0)
		return err
	})
}

const clientColumns = `c.id, c.provider, c.name, c.scopes, c.trader, c.email, c.password, c.created_at, c.revoked_at`

func scanClient(scan func(...any) error, more ...any) (Client, error) {
	var c Client
	var scopes string
	var created, revoked int64
	err := scan(append([]any{&c.ID, &c.Provider, &c.Name, &scopes, &c.Trader, &c.Email, &c.Password, &created, &revoked}, more...)...)
	if errors.Is(err, sql.ErrNoRows) {
		return c, fmt.Errorf("client: %w", ErrNotFound)
	}
	c.Scopes, c.Created, c.Revoked = strings.Fields(scopes), fromMicros(created), fromMicros(revoked)
	return c, err
}

// Client finds a program by id, also a revoked one.
func (db *DB) Client(ctx context.Context, id string) (Client, error) {
	return scanClient(db.read(ctx).row(`SELECT `+clientColumns+` FROM client c WHERE c.id = ?`, id).Scan)
}

// Clients lists the programs, revoked ones last, each with its living access tokens.
func (db *DB) Clients(ctx context.Context) ([]Client, error) {
	rows, err := db.read(ctx).rows(`SELECT `+clientColumns+`,
		(SELECT COUNT(*) FROM token t WHERE t.client = c.id AND t.ended_at = 0 AND t.kind = 'access' AND t.expires_at > ?)
		FROM client c ORDER BY c.revoked_at > 0, c.created_at, c.id`, micros(db.Now()))
	if err != nil {
		return nil, err
	}
	var out []Client
	err = eachRow(rows, func() error {
		var n int
		c, err := scanClient(rows.Scan, &n)
		c.Tokens = n
		out = append(out, c)
		return err
	})
	return out, err
}

// ClientBySecret finds the program that a secret belongs to: by its id and secret at
// Cybrid; by the secret alone (id "") at Coinify, whose offline token names nobody.
// An unknown, wrong or revoked one is [ErrNotFound].
func (db *DB) ClientBySecret(ctx context.Context, p review.Provider, id, secret string) (Client, error) {
	q, digest := db.read(ctx), secretDigest(secret)
	if id == "" && p == review.Coinify {
		return scanClient(q.row(`SELECT `+clientColumns+` FROM client c WHERE c.secret = ? AND c.provider = ? AND c.revoked_at = 0`, digest, string(p)).Scan)
	}
	var held []byte
	c, err := scanClient(q.row(`SELECT `+clientColumns+`, c.secret FROM client c WHERE c.id = ? AND c.provider = ? AND c.revoked_at = 0`, id, string(p)).Scan, &held)
	if err == nil && subtle.ConstantTimeCompare(held, digest) != 1 {
		return Client{}, fmt.Errorf("client: %w", ErrNotFound)
	}
	return c, err
}

// ClientByEmail finds a trader's program by e-mail address, for the password grant.
func (db *DB) ClientByEmail(ctx context.Context, email string) (Client, error) {
	return scanClient(db.read(ctx).row(`SELECT `+clientColumns+` FROM client c WHERE c.email = ? AND c.email <> '' AND c.revoked_at = 0`, normalEmail(email)).Scan)
}
