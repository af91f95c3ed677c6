-- How long a person's data are kept, who is held, and who was erased. Nothing here reads
-- what is there already: an older desk's cases are looked at in pieces, while it runs.
-- +goose Up

-- Persons all of whose cases have ended, and when: whoever is due is found by it. The
-- period itself is the policy's, of the day on which it is asked for.
CREATE TABLE ended (
    subject   INTEGER PRIMARY KEY,
    ordinary  INTEGER NOT NULL, -- when the last case ended on which no finding of the category sanctions stood; 0: none
    sanctions INTEGER NOT NULL  -- and the last one on which one did
) STRICT;
CREATE INDEX ended_ordinary ON ended (ordinary, subject) WHERE sanctions = 0;
CREATE INDEX ended_sanctions ON ended (sanctions, subject) WHERE sanctions > 0;

-- How far an older desk's cases have been looked at for that: from the newest down.
CREATE TABLE reckoning (
    only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
    left     INTEGER NOT NULL -- cases with a number up to this are to be looked at still
) STRICT;
INSERT INTO reckoning (only_row, left) SELECT 1, COALESCE(MAX(seq), 0) FROM verification;

-- Legal holds that stand.
CREATE TABLE hold (
    subject INTEGER PRIMARY KEY REFERENCES subject (id),
    entry   INTEGER NOT NULL REFERENCES audit_entry (seq) -- its reason is that entry's
) STRICT;
CREATE INDEX hold_entry ON hold (entry);

-- Cases whose person was erased. What stays of them is a skeleton.
CREATE TABLE erasure (
    v     INTEGER PRIMARY KEY REFERENCES verification (seq),
    entry INTEGER NOT NULL REFERENCES audit_entry (seq)
) STRICT;

-- What an erasure leaves on the disk until it is overwritten: words in the search index
-- that no search finds any more, and older pages in the write-ahead log.
CREATE TABLE overwriting (
    only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
    wanted   INTEGER NOT NULL, -- how many persons were erased
    begun    INTEGER NOT NULL, -- for how many of them the index was begun to be written anew
    done     INTEGER NOT NULL  -- of how many of them nothing is left
) STRICT;
INSERT INTO overwriting (only_row, wanted, begun, done) VALUES (1, 0, 0, 0);

-- +goose Down
DROP TABLE overwriting;
DROP TABLE erasure;
DROP TABLE hold;
DROP TABLE reckoning;
DROP TABLE ended;
