-- How officers work: policy in versions, decisions that wait before they take
-- effect, cases that wait, are handed over or are not for somebody.
-- +goose Up

CREATE TABLE policy_version (
    version INTEGER PRIMARY KEY,
    body    TEXT    NOT NULL, -- JSON of review.Policy
    entry   INTEGER NOT NULL REFERENCES audit_entry (seq)
) STRICT;

ALTER TABLE verification ADD COLUMN effective_at INTEGER NOT NULL DEFAULT 0; -- when the desk's decision takes effect outside
ALTER TABLE verification ADD COLUMN escalated INTEGER NOT NULL DEFAULT 0; -- 1: for seniors
ALTER TABLE verification ADD COLUMN snoozed_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE verification ADD COLUMN snoozed_until INTEGER NOT NULL DEFAULT 0;
ALTER TABLE verification ADD COLUMN reopen_by TEXT NOT NULL DEFAULT ''; -- who asks to reopen it
ALTER TABLE verification ADD COLUMN reopen_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE verification ADD COLUMN reopen_entry INTEGER NOT NULL DEFAULT 0;
CREATE INDEX verification_person ON verification (subject, object_entry); -- the newest copy of each person's
CREATE INDEX verification_effective ON verification (effective_at) WHERE effective_at > 0;
CREATE INDEX verification_reopen ON verification (reopen_at, seq) WHERE reopen_by <> '';
CREATE INDEX verification_snoozed ON verification (snoozed_until, seq) WHERE snoozed_until > 0;

ALTER TABLE decision ADD COLUMN policy INTEGER NOT NULL DEFAULT 0; -- the version it was taken under
ALTER TABLE decision ADD COLUMN evidence TEXT NOT NULL DEFAULT ''; -- digest of what was judged
ALTER TABLE decision ADD COLUMN undone_at INTEGER NOT NULL DEFAULT 0;

ALTER TABLE outbox ADD COLUMN withdrawn_at INTEGER NOT NULL DEFAULT 0; -- undone before it was due

-- Cases that are not for somebody: skipped until a time, or (until 0) for good, for a
-- conflict of interest.
CREATE TABLE aside (
    v       INTEGER NOT NULL REFERENCES verification (seq),
    account TEXT    NOT NULL REFERENCES account (id),
    until   INTEGER NOT NULL,
    PRIMARY KEY (v, account)
) STRICT, WITHOUT ROWID;

-- People whose cases somebody must not get: declared by themselves. Only a keyed digest
-- of a name or an address is compared; the words are theirs to read again.
CREATE TABLE interest (
    id      INTEGER PRIMARY KEY,
    account TEXT    NOT NULL REFERENCES account (id),
    digest  BLOB    NOT NULL,
    sealed  BLOB    NOT NULL,
    at      INTEGER NOT NULL,
    UNIQUE (account, digest)
) STRICT;
CREATE INDEX interest_digest ON interest (digest, account);

-- Name-match worksheets: the newest of each code; the words are its entry's.
CREATE TABLE worksheet (
    v          INTEGER NOT NULL REFERENCES verification (seq),
    code       TEXT    NOT NULL,
    entry      INTEGER NOT NULL REFERENCES audit_entry (seq),
    conclusion TEXT    NOT NULL CHECK (conclusion IN ('another_person', 'same_person', 'undetermined')),
    PRIMARY KEY (v, code)
) STRICT, WITHOUT ROWID;

-- Files that officers added, by the digest of their content, sealed under the
-- person's key. In the database, so that a backup is one file.
CREATE TABLE attachment (
    v          INTEGER NOT NULL REFERENCES verification (seq),
    digest     BLOB    NOT NULL, -- keyed, of the content
    entry      INTEGER NOT NULL REFERENCES audit_entry (seq), -- its name is that entry's
    media_type TEXT    NOT NULL,
    bytes      INTEGER NOT NULL,
    sealed     BLOB    NOT NULL,
    PRIMARY KEY (v, digest)
) STRICT;

-- Who was named in a note.
CREATE TABLE mention (
    account TEXT    NOT NULL REFERENCES account (id),
    entry   INTEGER NOT NULL REFERENCES audit_entry (seq), -- the note
    v       INTEGER NOT NULL REFERENCES verification (seq),
    seen_at INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (account, entry)
) STRICT, WITHOUT ROWID;
CREATE INDEX mention_unseen ON mention (account, entry) WHERE seen_at = 0;

-- Lists that somebody comes back to.
CREATE TABLE saved_view (
    id         INTEGER PRIMARY KEY,
    account    TEXT    NOT NULL REFERENCES account (id),
    name       TEXT    NOT NULL,
    query      TEXT    NOT NULL, -- as an address writes it
    shared     INTEGER NOT NULL CHECK (shared IN (0, 1)),
    created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX saved_view_account ON saved_view (account, id);
CREATE INDEX saved_view_shared ON saved_view (id) WHERE shared = 1;

DROP INDEX verification_platform;
CREATE INDEX verification_platform ON verification (provider, created_at, seq, kind, method, status, arrived_state, effective_at);

-- +goose Down
DROP INDEX verification_platform;
CREATE INDEX verification_platform ON verification (provider, created_at, seq, kind, method, status, arrived_state);
DROP TABLE saved_view;
DROP TABLE mention;
DROP TABLE attachment;
DROP TABLE worksheet;
DROP TABLE interest;
DROP TABLE aside;
ALTER TABLE outbox DROP COLUMN withdrawn_at;
ALTER TABLE decision DROP COLUMN undone_at;
ALTER TABLE decision DROP COLUMN evidence;
ALTER TABLE decision DROP COLUMN policy;
DROP INDEX verification_snoozed;
DROP INDEX verification_reopen;
DROP INDEX verification_effective;
DROP INDEX verification_person;
ALTER TABLE verification DROP COLUMN reopen_entry;
ALTER TABLE verification DROP COLUMN reopen_at;
ALTER TABLE verification DROP COLUMN reopen_by;
ALTER TABLE verification DROP COLUMN snoozed_until;
ALTER TABLE verification DROP COLUMN snoozed_at;
ALTER TABLE verification DROP COLUMN escalated;
ALTER TABLE verification DROP COLUMN effective_at;
DROP TABLE policy_version;
