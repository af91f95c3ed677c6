-- What came in and what was decided, kept for each quarter of an hour: every time
-- zone's days begin on one, so that the queue's figures of the day, and of the days
-- before, are a few short sums however many cases there are.
-- +goose Up

CREATE TABLE tally (
    slot     INTEGER PRIMARY KEY, -- microseconds since 1970, UTC, divided by those of a quarter of an hour
    arrived  INTEGER NOT NULL DEFAULT 0,
    decided  INTEGER NOT NULL DEFAULT 0,
    approved INTEGER NOT NULL DEFAULT 0
) STRICT;

INSERT INTO tally (slot, arrived) SELECT created_at / 900000000, COUNT(*) FROM verification GROUP BY 1;
INSERT INTO tally (slot, decided, approved)
SELECT decided_at / 900000000, COUNT(*), SUM(status = 'passed') FROM verification WHERE decided_at > 0 GROUP BY 1
ON CONFLICT (slot) DO UPDATE SET decided = excluded.decided, approved = excluded.approved;

-- +goose StatementBegin
CREATE TRIGGER verification_arrived AFTER INSERT ON verification BEGIN
    INSERT INTO tally (slot, arrived) VALUES (new.created_at / 900000000, 1)
    ON CONFLICT (slot) DO UPDATE SET arrived = arrived + 1;
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER verification_moved AFTER UPDATE OF created_at ON verification WHEN old.created_at <> new.created_at BEGIN
    UPDATE tally SET arrived = arrived - 1 WHERE slot = old.created_at / 900000000;
    INSERT INTO tally (slot, arrived) VALUES (new.created_at / 900000000, 1)
    ON CONFLICT (slot) DO UPDATE SET arrived = arrived + 1;
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER verification_undecided AFTER UPDATE OF decided_at ON verification WHEN old.decided_at > 0 AND old.decided_at <> new.decided_at BEGIN
    UPDATE tally SET decided = decided - 1, approved = approved - (old.status = 'passed') WHERE slot = old.decided_at / 900000000;
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER verification_decided_at AFTER UPDATE OF decided_at ON verification WHEN new.decided_at > 0 AND old.decided_at <> new.decided_at BEGIN
    INSERT INTO tally (slot, decided, approved) VALUES (new.decided_at / 900000000, 1, new.status = 'passed')
    ON CONFLICT (slot) DO UPDATE SET decided = decided + 1, approved = approved + excluded.approved;
END;
-- +goose StatementEnd

-- The list of everything that is open has a queue index of its own, too.
CREATE INDEX open_due ON verification (due_at, seq) WHERE status IN ('in_review', 'second_review');

-- +goose Down
DROP INDEX open_due;
DROP TRIGGER verification_decided_at;
DROP TRIGGER verification_undecided;
DROP TRIGGER verification_moved;
DROP TRIGGER verification_arrived;
DROP TABLE tally;
