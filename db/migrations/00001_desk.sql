-- The desk's first schema. Times are integer microseconds UTC, 0 for "not yet".
-- +goose Up

CREATE TABLE instance (
    only_row   INTEGER PRIMARY KEY CHECK (only_row = 1),
    id         TEXT    NOT NULL, -- names this desk in every checkpoint
    workspace  TEXT    NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;

-- People of the team ---------------------------------------------------------

CREATE TABLE account (
    id          TEXT    PRIMARY KEY,
    email       TEXT    NOT NULL UNIQUE, -- lower case
    name        TEXT    NOT NULL,
    role        TEXT    NOT NULL CHECK (role IN ('reviewer', 'senior', 'auditor', 'admin')),
    password    TEXT    NOT NULL DEFAULT '', -- PHC string; '' until the one-time link was used
    version     INTEGER NOT NULL DEFAULT 1,
    created_at  INTEGER NOT NULL,
    seen_at     INTEGER NOT NULL DEFAULT 0,
    disabled_at INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE one_time_link (
    token      BLOB    PRIMARY KEY, -- SHA-256
    account    TEXT    NOT NULL REFERENCES account (id),
    expires_at INTEGER NOT NULL,
    used_at    INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE session (
    token      BLOB    PRIMARY KEY, -- SHA-256
    account    TEXT    NOT NULL REFERENCES account (id),
    data       BLOB    NOT NULL,
    created_at INTEGER NOT NULL,
    seen_at    INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    ended_at   INTEGER NOT NULL DEFAULT 0, -- a tombstone: an ended session never comes back
    address    TEXT    NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX session_account ON session (account) WHERE ended_at = 0;
CREATE INDEX session_expiry ON session (expires_at);

CREATE TABLE sign_in_attempt (
    id      INTEGER PRIMARY KEY,
    at      INTEGER NOT NULL,
    account BLOB    NOT NULL, -- keyed digest of the e-mail address tried
    source  BLOB    NOT NULL  -- keyed digest of the /24 or /64 it came from
) STRICT;
CREATE INDEX sign_in_attempt_account ON sign_in_attempt (account, at);
CREATE INDEX sign_in_attempt_source ON sign_in_attempt (source, at);
CREATE INDEX sign_in_attempt_at ON sign_in_attempt (at);

-- The audit log: appended to, never changed ----------------------------------

CREATE TABLE audit_entry (
    seq    INTEGER PRIMARY KEY,
    body   BLOB    NOT NULL, -- canonical bytes; the columns below are copies for the page's filters
    kind   TEXT    NOT NULL,
    actor  TEXT    NOT NULL,
    object TEXT    NOT NULL,
    at     INTEGER NOT NULL
) STRICT;
CREATE INDEX audit_entry_object ON audit_entry (object, seq) WHERE object <> '';
CREATE INDEX audit_entry_actor ON audit_entry (actor, seq);
CREATE INDEX audit_entry_kind ON audit_entry (kind, seq);
CREATE INDEX audit_entry_at ON audit_entry (at, seq);

CREATE TABLE audit_hash (
    idx INTEGER PRIMARY KEY, -- tlog's stored hash index
    h   BLOB    NOT NULL
) STRICT;

CREATE TABLE audit_checkpoint (
    size   INTEGER PRIMARY KEY,
    signed BLOB    NOT NULL -- C2SP signed note
) STRICT;

-- What an entry commits to. Deleting a row makes its commitment meaningless and
-- leaves the log whole: that is how a person is forgotten.
CREATE TABLE commitment_key (
    entry   INTEGER NOT NULL REFERENCES audit_entry (seq),
    field   TEXT    NOT NULL,
    subject INTEGER NOT NULL, -- whose key seals the words; 0: the desk's own
    key     BLOB    NOT NULL,
    sealed  BLOB    NOT NULL, -- the words themselves
    PRIMARY KEY (entry, field)
) STRICT, WITHOUT ROWID;

-- +goose StatementBegin
CREATE TRIGGER audit_entry_no_update BEFORE UPDATE ON audit_entry BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER audit_entry_no_delete BEFORE DELETE ON audit_entry BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER audit_hash_no_update BEFORE UPDATE ON audit_hash BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER audit_hash_no_delete BEFORE DELETE ON audit_hash BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER audit_checkpoint_no_update BEFORE UPDATE ON audit_checkpoint BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER audit_checkpoint_no_delete BEFORE DELETE ON audit_checkpoint BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
-- +goose StatementEnd

-- Cases ----------------------------------------------------------------------

-- The searchable personal fields, in clear, in one row that erasure deletes.
CREATE TABLE subject (
    id         INTEGER PRIMARY KEY,
    provider   TEXT    NOT NULL,
    reference  TEXT    NOT NULL DEFAULT '', -- the provider's customer or trader id
    name       TEXT    NOT NULL DEFAULT '',
    email      TEXT    NOT NULL DEFAULT '',
    birth_date TEXT    NOT NULL DEFAULT '',
    key        BLOB    NOT NULL -- the person's data key, wrapped by the master key
) STRICT;
CREATE UNIQUE INDEX subject_reference ON subject (provider, reference) WHERE reference <> '';

CREATE TABLE verification (
    seq             INTEGER PRIMARY KEY,
    id              TEXT    NOT NULL UNIQUE,
    provider        TEXT    NOT NULL,
    provider_id     TEXT    NOT NULL,
    kind            TEXT    NOT NULL DEFAULT '',
    method          TEXT    NOT NULL DEFAULT '',
    status          TEXT    NOT NULL CHECK (status IN ('arriving', 'in_review', 'second_review', 'passed', 'failed', 'lapsed')),
    arrived_state   TEXT    NOT NULL,
    arrived_reason  TEXT    NOT NULL DEFAULT '',
    version         INTEGER NOT NULL,
    subject         INTEGER NOT NULL REFERENCES subject (id),
    country         TEXT    NOT NULL DEFAULT '',
    document_kind   TEXT    NOT NULL DEFAULT '',
    document_country TEXT   NOT NULL DEFAULT '',
    severity        INTEGER NOT NULL DEFAULT 0,
    codes           TEXT    NOT NULL DEFAULT '', -- failure codes, worst first, one space between
    created_at      INTEGER NOT NULL,
    updated_at      INTEGER NOT NULL,
    received_at     INTEGER NOT NULL,
    review_since    INTEGER NOT NULL DEFAULT 0,
    due_at          INTEGER NOT NULL DEFAULT 0,
    approved_at     INTEGER NOT NULL DEFAULT 0,
    expires_at      INTEGER NOT NULL DEFAULT 0,
    owner           TEXT    NOT NULL DEFAULT '', -- who claimed it, until owner_until
    owner_until     INTEGER NOT NULL DEFAULT 0,
    decision        INTEGER NOT NULL DEFAULT 0, -- the proposal or decision that stands
    decided_at      INTEGER NOT NULL DEFAULT 0,
    decider         TEXT    NOT NULL DEFAULT '',
    object_entry    INTEGER NOT NULL, -- the event that brought the provider's object
    object_digest   BLOB    NOT NULL, -- keyed digest of it, to know the same copy again
    dossier         BLOB    NOT NULL  -- the rest of the person's data, sealed
) STRICT;

-- The queue has indexes of its own, small as the queue is.
CREATE INDEX queue_due ON verification (due_at, seq) WHERE status = 'in_review';
CREATE INDEX queue_provider ON verification (provider, due_at, seq) WHERE status = 'in_review';
CREATE INDEX queue_country ON verification (country, due_at, seq) WHERE status = 'in_review';
CREATE INDEX queue_severity ON verification (severity, due_at, seq) WHERE status = 'in_review';
CREATE INDEX queue_created ON verification (created_at, seq) WHERE status = 'in_review';
CREATE INDEX second_due ON verification (due_at, seq) WHERE status = 'second_review';
CREATE INDEX verification_owner ON verification (owner, due_at, seq) WHERE owner <> '';
CREATE INDEX arriving_created ON verification (created_at, seq) WHERE status = 'arriving';
CREATE INDEX passed_created ON verification (created_at, seq) WHERE status = 'passed';
CREATE INDEX failed_created ON verification (created_at, seq) WHERE status = 'failed';
CREATE INDEX lapsed_created ON verification (created_at, seq) WHERE status = 'lapsed';
CREATE INDEX verification_created ON verification (created_at, seq);
CREATE INDEX verification_decided ON verification (decided_at, seq) WHERE decided_at > 0;
CREATE INDEX verification_subject ON verification (subject, created_at);
CREATE INDEX verification_provider_id ON verification (provider_id);

CREATE TABLE finding (
    v          INTEGER NOT NULL REFERENCES verification (seq),
    n          INTEGER NOT NULL,
    code       TEXT    NOT NULL,
    source     TEXT    NOT NULL DEFAULT '',
    resolution TEXT    NOT NULL DEFAULT '',
    PRIMARY KEY (v, n)
) STRICT, WITHOUT ROWID;
CREATE INDEX finding_code ON finding (code, v);

CREATE TABLE decision (
    id            INTEGER PRIMARY KEY,
    v             INTEGER NOT NULL REFERENCES verification (seq),
    entry         INTEGER NOT NULL REFERENCES audit_entry (seq), -- its note is that entry's commitment
    action        TEXT    NOT NULL CHECK (action IN ('approve', 'reject')),
    actor         TEXT    NOT NULL,
    at            INTEGER NOT NULL,
    on_version    INTEGER NOT NULL,
    grounds       TEXT    NOT NULL DEFAULT '', -- keys, one space between
    resolutions   TEXT    NOT NULL,            -- JSON: every finding with its resolution
    reject_reason TEXT    NOT NULL DEFAULT '',
    second        TEXT    NOT NULL DEFAULT '', -- who confirmed
    second_at     INTEGER NOT NULL DEFAULT 0,
    second_entry  INTEGER NOT NULL DEFAULT 0,
    submission    TEXT    NOT NULL DEFAULT ''  -- the form's one-time id, so that a double click finds its own result
) STRICT;
CREATE INDEX decision_v ON decision (v, id);

CREATE TABLE evidence (
    v          INTEGER NOT NULL REFERENCES verification (seq),
    n          INTEGER NOT NULL,
    kind       TEXT    NOT NULL,
    media_type TEXT    NOT NULL,
    width      INTEGER NOT NULL,
    height     INTEGER NOT NULL,
    digest     BLOB    NOT NULL, -- keyed digest of the picture
    sealed     BLOB    NOT NULL,
    PRIMARY KEY (v, n)
) STRICT;

-- What waits to be told to the platform. A row is written with the change it tells of.
CREATE TABLE outbox (
    id         INTEGER PRIMARY KEY,
    v          INTEGER NOT NULL REFERENCES verification (seq),
    entry      INTEGER NOT NULL REFERENCES audit_entry (seq),
    event      TEXT    NOT NULL,
    created_at INTEGER NOT NULL,
    sent_at    INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX outbox_due ON outbox (id) WHERE sent_at = 0;

-- Counts are kept, not counted.
CREATE TABLE counter (
    provider TEXT    NOT NULL,
    status   TEXT    NOT NULL,
    n        INTEGER NOT NULL,
    PRIMARY KEY (provider, status)
) STRICT, WITHOUT ROWID;

-- +goose StatementBegin
CREATE TRIGGER verification_counted AFTER INSERT ON verification BEGIN
    INSERT INTO counter (provider, status, n) VALUES (new.provider, new.status, 1)
    ON CONFLICT (provider, status) DO UPDATE SET n = n + 1;
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER verification_recounted AFTER UPDATE OF status ON verification WHEN old.status <> new.status BEGIN
    UPDATE counter SET n = n - 1 WHERE provider = old.provider AND status = old.status;
    INSERT INTO counter (provider, status, n) VALUES (new.provider, new.status, 1)
    ON CONFLICT (provider, status) DO UPDATE SET n = n + 1;
END;
-- +goose StatementEnd

-- Search: every word with all its endings, so that a prefix of an ending is a
-- fragment of the word, in any script. Rows wait in search_pending until a batch
-- takes them in: one by one costs forty times more.
CREATE VIRTUAL TABLE search USING fts5 (
    words, content = '', contentless_delete = 1, detail = none, prefix = '1 2 3', tokenize = 'ascii'
);
CREATE TABLE search_pending (
    v     INTEGER PRIMARY KEY REFERENCES verification (seq),
    words TEXT    NOT NULL
) STRICT;

-- +goose Down
DROP TABLE search_pending;
DROP TABLE search;
DROP TABLE counter;
DROP TABLE outbox;
DROP TABLE evidence;
DROP TABLE decision;
DROP TABLE finding;
DROP TABLE verification;
DROP TABLE subject;
DROP TABLE commitment_key;
DROP TABLE audit_checkpoint;
DROP TABLE audit_hash;
DROP TABLE audit_entry;
DROP TABLE sign_in_attempt;
DROP TABLE session;
DROP TABLE one_time_link;
DROP TABLE account;
DROP TABLE instance;
