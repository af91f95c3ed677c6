-- Which cases may be of the same person: those with the same name and birth date, the
-- same number of a document, or the same e-mail address, at whatever provider. Only
-- keyed digests stand here; nobody without the master key learns a value from them.
-- +goose Up

CREATE TABLE likeness (
    digest INTEGER NOT NULL, -- the first eight bytes of a keyed digest; its kind is part of what it is taken of
    v      INTEGER NOT NULL, -- no foreign key: it would want an index of its own
    PRIMARY KEY (digest, v)
) STRICT, WITHOUT ROWID;

-- Cases whose digests are still to be taken. What they are taken of lies sealed, so
-- that the desk does it itself, in batches, for the cases that it holds already too.
CREATE TABLE likeness_pending (
    v INTEGER PRIMARY KEY REFERENCES verification (seq)
) STRICT;
INSERT INTO likeness_pending (v) SELECT seq FROM verification;

-- +goose Down
DROP TABLE likeness_pending;
DROP TABLE likeness;
