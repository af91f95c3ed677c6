-- The words that the search index holds, in their order: how many begin as what is typed.
-- Nothing is stored for it.
-- +goose Up
CREATE VIRTUAL TABLE search_word USING fts5vocab('search', 'instance');
-- +goose Down
DROP TABLE search_word;
