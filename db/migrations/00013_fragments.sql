-- Fragments of ids have an index of their own: beginnings are not sought in it, and what
-- the index of words keeps for these would triple its cost.
-- +goose Up
CREATE VIRTUAL TABLE search_id USING fts5 (
    pieces, content = '', contentless_delete = 1, detail = none, tokenize = 'ascii'
);

-- Cases that are in the index of words only, as older programs filled it. They are taken
-- in anew beside the writer, the newest first.
CREATE TABLE search_again (
    v INTEGER PRIMARY KEY REFERENCES verification (seq)
) STRICT;
INSERT INTO search_again (v) SELECT seq FROM verification;
-- +goose Down
DROP TABLE search_again;
DROP TABLE search_id;
