-- What an entry commits to moves into a table whose rows may fill a page: in a table
-- WITHOUT ROWID a row above a thousand bytes, as most provider objects are, takes a page
-- of its own for the rest of it.
-- +goose Up
CREATE TABLE commitment_key_paged (
    entry   INTEGER NOT NULL REFERENCES audit_entry (seq),
    field   TEXT    NOT NULL,
    subject INTEGER NOT NULL, -- whose key seals the words; 0: the desk's own
    key     BLOB    NOT NULL,
    sealed  BLOB    NOT NULL, -- the words themselves
    PRIMARY KEY (entry, field)
) STRICT;
INSERT INTO commitment_key_paged (entry, field, subject, key, sealed) SELECT entry, field, subject, key, sealed FROM commitment_key ORDER BY entry, field;
DROP TABLE commitment_key;
ALTER TABLE commitment_key_paged RENAME TO commitment_key;

-- +goose Down
CREATE TABLE commitment_key_whole (
    entry   INTEGER NOT NULL REFERENCES audit_entry (seq),
    field   TEXT    NOT NULL,
    subject INTEGER NOT NULL,
    key     BLOB    NOT NULL,
    sealed  BLOB    NOT NULL,
    PRIMARY KEY (entry, field)
) STRICT, WITHOUT ROWID;
INSERT INTO commitment_key_whole (entry, field, subject, key, sealed) SELECT entry, field, subject, key, sealed FROM commitment_key ORDER BY entry, field;
DROP TABLE commitment_key;
ALTER TABLE commitment_key_whole RENAME TO commitment_key;
