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

DROP INDEX verification_platform;
CREATE INDEX verification_platform ON verification (provider, created_at, seq, kind, method, status, arrived_state, effective_at);

-- +goose Down
DROP INDEX verification_platform;
CREATE INDEX verification_platform ON verification (provider, created_at, seq, kind, method, status, arrived_state);
DROP TABLE aside;
ALTER TABLE outbox DROP COLUMN withdrawn_at;
ALTER TABLE decision DROP COLUMN undone_at;
ALTER TABLE decision DROP COLUMN evidence;
ALTER TABLE decision DROP COLUMN policy;
DROP INDEX verification_snoozed;
DROP INDEX verification_reopen;
DROP INDEX verification_effective;
ALTER TABLE verification DROP COLUMN reopen_entry;
ALTER TABLE verification DROP COLUMN reopen_at;
ALTER TABLE verification DROP COLUMN reopen_by;
ALTER TABLE verification DROP COLUMN snoozed_until;
ALTER TABLE verification DROP COLUMN snoozed_at;
ALTER TABLE verification DROP COLUMN escalated;
ALTER TABLE verification DROP COLUMN effective_at;
DROP TABLE policy_version;
