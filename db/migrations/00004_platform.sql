-- Programs: who may speak to the desk's APIs, what they made there, and whom the
-- desk tells what became of it.
-- +goose Up

-- A program of one provider's API. A Coinify client speaks as one trader.
CREATE TABLE client (
    id         TEXT    PRIMARY KEY,
    provider   TEXT    NOT NULL,
    name       TEXT    NOT NULL,
    scopes     TEXT    NOT NULL,            -- Cybrid's, one space between
    secret     BLOB    NOT NULL,            -- SHA-256; the secret is 256 random bits
    trader     INTEGER NOT NULL DEFAULT 0,  -- Coinify: the trader's number
    email      TEXT    NOT NULL DEFAULT '', -- Coinify: lower case, for the password grant
    password   TEXT    NOT NULL DEFAULT '', -- PHC string; '' for none
    created_at INTEGER NOT NULL,
    revoked_at INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE UNIQUE INDEX client_secret ON client (secret);
CREATE UNIQUE INDEX client_trader ON client (trader) WHERE trader <> 0;
CREATE UNIQUE INDEX client_email ON client (email) WHERE email <> '';

CREATE TABLE token (
    token      BLOB    PRIMARY KEY, -- SHA-256
    client     TEXT    NOT NULL REFERENCES client (id),
    kind       TEXT    NOT NULL CHECK (kind IN ('access', 'refresh')),
    scopes     TEXT    NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    ended_at   INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;
CREATE INDEX token_client ON token (client) WHERE ended_at = 0;
CREATE INDEX token_expiry ON token (expires_at);

-- A create that is sent again under its Idempotency-Key finds what it made.
CREATE TABLE idempotency (
    client     TEXT    NOT NULL REFERENCES client (id),
    key        BLOB    NOT NULL, -- keyed digest
    request    BLOB    NOT NULL, -- keyed digest of the body
    entry      INTEGER NOT NULL REFERENCES audit_entry (seq), -- the event that it made
    created_at INTEGER NOT NULL,
    PRIMARY KEY (client, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX idempotency_created ON idempotency (created_at);

-- Cases made through an API move on by themselves until an officer or the applicant
-- is awaited. The row goes when nothing more is due.
CREATE TABLE progress (
    v      INTEGER PRIMARY KEY REFERENCES verification (seq),
    road   TEXT    NOT NULL, -- which way the case goes
    due_at INTEGER NOT NULL
) STRICT;
CREATE INDEX progress_due ON progress (due_at, v);

-- Lists of the APIs: newest first, with every column that they filter by, so that
-- a far page is read from the index alone.
CREATE INDEX verification_platform ON verification (provider, created_at, seq, kind, method, status, arrived_state);

-- How many there are of each sort, since the APIs' lists say a total.
CREATE TABLE platform_count (
    provider TEXT    NOT NULL,
    kind     TEXT    NOT NULL,
    method   TEXT    NOT NULL,
    status   TEXT    NOT NULL,
    state    TEXT    NOT NULL, -- the provider's word, as it last came in
    n        INTEGER NOT NULL,
    PRIMARY KEY (provider, kind, method, status, state)
) STRICT, WITHOUT ROWID;
INSERT INTO platform_count (provider, kind, method, status, state, n)
SELECT provider, kind, method, status, arrived_state, COUNT(*) FROM verification GROUP BY 1, 2, 3, 4, 5;

-- +goose StatementBegin
CREATE TRIGGER verification_sorted AFTER INSERT ON verification BEGIN
    INSERT INTO platform_count (provider, kind, method, status, state, n) VALUES (new.provider, new.kind, new.method, new.status, new.arrived_state, 1)
    ON CONFLICT (provider, kind, method, status, state) DO UPDATE SET n = n + 1;
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER verification_resorted AFTER UPDATE OF kind, method, status, arrived_state ON verification
WHEN (old.kind, old.method, old.status, old.arrived_state) <> (new.kind, new.method, new.status, new.arrived_state) BEGIN
    UPDATE platform_count SET n = n - 1
    WHERE (provider, kind, method, status, state) = (old.provider, old.kind, old.method, old.status, old.arrived_state);
    INSERT INTO platform_count (provider, kind, method, status, state, n) VALUES (new.provider, new.kind, new.method, new.status, new.arrived_state, 1)
    ON CONFLICT (provider, kind, method, status, state) DO UPDATE SET n = n + 1;
END;
-- +goose StatementEnd

-- Whom the desk tells. An endpoint is never deleted: its deliveries are evidence.
CREATE TABLE endpoint (
    id            TEXT    PRIMARY KEY,
    provider      TEXT    NOT NULL,
    url           TEXT    NOT NULL,
    allow_private INTEGER NOT NULL CHECK (allow_private IN (0, 1)), -- whether it may be at a private address
    created_at    INTEGER NOT NULL,
    paused_at     INTEGER NOT NULL DEFAULT 0,
    removed_at    INTEGER NOT NULL DEFAULT 0,
    failing_at    INTEGER NOT NULL DEFAULT 0 -- the first attempt that failed since one that did not
) STRICT;
CREATE INDEX endpoint_provider ON endpoint (provider) WHERE removed_at = 0;

-- What its deliveries are signed with. The oldest that is not retired signs the
-- provider's own header; all of them sign ours, so that a receiver can change over.
CREATE TABLE endpoint_secret (
    id         INTEGER PRIMARY KEY,
    endpoint   TEXT    NOT NULL REFERENCES endpoint (id),
    sealed     BLOB    NOT NULL, -- emptied when it is retired
    created_at INTEGER NOT NULL,
    retired_at INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX endpoint_secret_endpoint ON endpoint_secret (endpoint, id);

-- What one endpoint is sent, in the order of the ids: none is tried while one with a
-- smaller id waits. So no id is ever used again.
CREATE TABLE delivery (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    endpoint   TEXT    NOT NULL REFERENCES endpoint (id),
    outbox     INTEGER REFERENCES outbox (id), -- NULL: a test
    guid       TEXT    NOT NULL, -- of the event, the same for every attempt and every endpoint
    event      TEXT    NOT NULL, -- in the provider's words
    body       BLOB    NOT NULL, -- sent byte for byte at every attempt; no personal data
    state      TEXT    NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'delivered', 'failed', 'withdrawn')),
    attempts   INTEGER NOT NULL DEFAULT 0,
    created_at INTEGER NOT NULL,
    next_at    INTEGER NOT NULL DEFAULT 0, -- when to try again; 0: at once
    tried_at   INTEGER NOT NULL DEFAULT 0,
    done_at    INTEGER NOT NULL DEFAULT 0, -- delivered, or given up
    status     INTEGER NOT NULL DEFAULT 0, -- of the last answer; 0: none came
    trouble    TEXT    NOT NULL DEFAULT '' -- why the last attempt failed
) STRICT;
CREATE INDEX delivery_waiting ON delivery (endpoint, id) WHERE state = 'waiting';
CREATE INDEX delivery_endpoint ON delivery (endpoint, id);
CREATE INDEX delivery_outbox ON delivery (outbox);
CREATE INDEX delivery_done ON delivery (done_at) WHERE done_at <> 0;

-- What was sent stands with each delivery.
DROP INDEX outbox_due;
ALTER TABLE outbox DROP COLUMN sent_at;

-- +goose Down
ALTER TABLE outbox ADD COLUMN sent_at INTEGER NOT NULL DEFAULT 0;
CREATE INDEX outbox_due ON outbox (id) WHERE sent_at = 0;
DROP TABLE delivery;
DROP TABLE endpoint_secret;
DROP TABLE endpoint;
DROP TRIGGER verification_resorted;
DROP TRIGGER verification_sorted;
DROP TABLE platform_count;
DROP INDEX verification_platform;
DROP TABLE progress;
DROP TABLE idempotency;
DROP TABLE token;
DROP TABLE client;
