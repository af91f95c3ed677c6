-- Cases that the search index holds without the fragments of their ids. They are taken in
-- anew beside the writer, the newest first.
-- +goose Up
CREATE TABLE search_again (
    v INTEGER PRIMARY KEY REFERENCES verification (seq)
) STRICT;
INSERT INTO search_again (v) SELECT seq FROM verification;
-- +goose Down
DROP TABLE search_again;
