-- Outsiders who vouch for the log, and what makes it easier to read.
-- +goose Up

-- Which entries name which failure codes, for the page's filter. Copies of what the
-- entries say, written with them; the check of the log compares the two.
CREATE TABLE audit_code (
    seq  INTEGER NOT NULL REFERENCES audit_entry (seq),
    code TEXT    NOT NULL,
    PRIMARY KEY (seq, code)
) STRICT, WITHOUT ROWID;
CREATE INDEX audit_code_code ON audit_code (code, seq);

INSERT INTO audit_code (seq, code)
SELECT DISTINCT e.seq, CASE json_extract(f.value, '$.name') WHEN 'code' THEN json_extract(f.value, '$.value')
    ELSE substr(json_extract(f.value, '$.name'), 9) END
FROM audit_entry e, json_each(CAST(e.body AS TEXT), '$.facts') f
WHERE e.kind IN ('received', 'updated') AND json_extract(f.value, '$.name') = 'code'
   OR e.kind IN ('decided', 'proposed', 'confirmed') AND json_extract(f.value, '$.name') LIKE 'finding.%';

-- Machines of other people that countersign the log's heads once they have seen that
-- each only adds to the one before.
CREATE TABLE witness (
    name          TEXT    PRIMARY KEY, -- of its key
    vkey          TEXT    NOT NULL,
    url           TEXT    NOT NULL,
    allow_private INTEGER NOT NULL CHECK (allow_private IN (0, 1)), -- whether it may be at a private address
    added_at      INTEGER NOT NULL,
    trouble       TEXT    NOT NULL DEFAULT '', -- why the last try failed; '' when it did not
    refused       INTEGER NOT NULL DEFAULT 0 CHECK (refused IN (0, 1)), -- it holds a log that ours does not go on from
    trouble_at    INTEGER NOT NULL DEFAULT 0 -- since when
) STRICT, WITHOUT ROWID;

CREATE TABLE cosignature (
    size INTEGER NOT NULL REFERENCES audit_checkpoint (size),
    name TEXT    NOT NULL, -- of the witness's key
    line TEXT    NOT NULL, -- as it stands under the signed note
    at   INTEGER NOT NULL,
    PRIMARY KEY (size, name)
) STRICT, WITHOUT ROWID;
CREATE INDEX cosignature_name ON cosignature (name, size);

-- What the team has settled for the whole desk. Each change is an event.
CREATE TABLE policy (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- +goose StatementBegin
CREATE TRIGGER cosignature_no_update BEFORE UPDATE ON cosignature BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER cosignature_no_delete BEFORE DELETE ON cosignature BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER audit_code_no_update BEFORE UPDATE ON audit_code BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER audit_code_no_delete BEFORE DELETE ON audit_code BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
-- +goose StatementEnd

-- +goose Down
DROP TABLE policy;
DROP TABLE cosignature;
DROP TABLE witness;
DROP TABLE audit_code;
