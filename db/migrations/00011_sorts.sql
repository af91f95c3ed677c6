-- The APIs' lists: the cases of each sort in the lists' order, so that a list of some of
-- them is read from there however long ago they came, and a list of all from an index of
-- its own, which need not hold what nothing is asked of.
-- +goose Up
DROP INDEX verification_platform;
CREATE INDEX verification_platform ON verification (provider, created_at, seq);
CREATE INDEX verification_sort ON verification (provider, kind, method, status, arrived_state, created_at, seq, effective_at);
-- +goose Down
DROP INDEX verification_sort;
DROP INDEX verification_platform;
CREATE INDEX verification_platform ON verification (provider, created_at, seq, kind, method, status, arrived_state, effective_at);
