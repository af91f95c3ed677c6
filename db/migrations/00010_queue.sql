-- Filters within the queue are read from its indexes alone, however long the queue: each
-- index carries what the others are led by, so that two filters at once, and counting,
-- need no row of the table.
-- +goose Up

DROP INDEX queue_due;
DROP INDEX queue_provider;
DROP INDEX queue_country;
DROP INDEX queue_severity;
DROP INDEX queue_created;
CREATE INDEX queue_due ON verification (due_at, seq, snoozed_until, severity, provider, country, created_at) WHERE status = 'in_review';
CREATE INDEX queue_provider ON verification (provider, due_at, seq, snoozed_until, severity, country, created_at) WHERE status = 'in_review';
CREATE INDEX queue_country ON verification (country, due_at, seq, snoozed_until, severity, provider, created_at) WHERE status = 'in_review';
CREATE INDEX queue_severity ON verification (severity, due_at, seq, snoozed_until, provider, country, created_at) WHERE status = 'in_review';
CREATE INDEX queue_created ON verification (created_at, seq, snoozed_until, severity, provider, country, due_at) WHERE status = 'in_review';

-- The failure codes of the cases in review, and of no others.
CREATE TABLE queue_code (
    code          TEXT    NOT NULL,
    due_at        INTEGER NOT NULL, -- the case's, like snoozed_until
    v             INTEGER NOT NULL, -- no foreign key: triggers alone write here
    snoozed_until INTEGER NOT NULL,
    PRIMARY KEY (code, due_at, v)
) STRICT, WITHOUT ROWID;
INSERT INTO queue_code (code, due_at, v, snoozed_until)
SELECT DISTINCT f.code, v.due_at, v.seq, v.snoozed_until FROM verification v JOIN finding f ON f.v = v.seq WHERE v.status = 'in_review';

-- +goose StatementBegin
CREATE TRIGGER finding_queued AFTER INSERT ON finding BEGIN
    INSERT INTO queue_code (code, due_at, v, snoozed_until)
    SELECT new.code, due_at, seq, snoozed_until FROM verification WHERE seq = new.v AND status = 'in_review'
    ON CONFLICT DO NOTHING;
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER finding_unqueued AFTER DELETE ON finding BEGIN
    DELETE FROM queue_code WHERE (code, due_at, v) = (old.code, (SELECT due_at FROM verification WHERE seq = old.v), old.v);
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER verification_queued AFTER UPDATE OF status, due_at, snoozed_until ON verification
WHEN (old.status, old.due_at, old.snoozed_until) <> (new.status, new.due_at, new.snoozed_until) AND 'in_review' IN (old.status, new.status) BEGIN
    DELETE FROM queue_code WHERE (code, due_at, v) IN (SELECT code, old.due_at, old.seq FROM finding WHERE v = old.seq);
    INSERT INTO queue_code (code, due_at, v, snoozed_until)
    SELECT DISTINCT code, new.due_at, new.seq, new.snoozed_until FROM finding WHERE v = new.seq AND new.status = 'in_review';
END;
-- +goose StatementEnd

-- +goose Down
DROP TRIGGER verification_queued;
DROP TRIGGER finding_unqueued;
DROP TRIGGER finding_queued;
DROP TABLE queue_code;
DROP INDEX queue_due;
DROP INDEX queue_provider;
DROP INDEX queue_country;
DROP INDEX queue_severity;
DROP INDEX queue_created;
CREATE INDEX queue_due ON verification (due_at, seq) WHERE status = 'in_review';
CREATE INDEX queue_provider ON verification (provider, due_at, seq) WHERE status = 'in_review';
CREATE INDEX queue_country ON verification (country, due_at, seq) WHERE status = 'in_review';
CREATE INDEX queue_severity ON verification (severity, due_at, seq) WHERE status = 'in_review';
CREATE INDEX queue_created ON verification (created_at, seq) WHERE status = 'in_review';
