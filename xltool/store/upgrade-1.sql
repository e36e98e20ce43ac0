-- A ledger of version 1 made one of version 2: everything recorded stays, what is new begins empty.

ALTER TABLE issues ADD COLUMN answers TEXT NOT NULL DEFAULT '';

ALTER TABLE opinions ADD COLUMN value TEXT NOT NULL DEFAULT '';

ALTER TABLE history ADD COLUMN who TEXT NOT NULL DEFAULT '';

ALTER TABLE history ADD COLUMN reason TEXT NOT NULL DEFAULT '';

CREATE TABLE attempts_2 (
    number INTEGER PRIMARY KEY,
    sha256 TEXT NOT NULL UNIQUE,
    unit_code TEXT NOT NULL,
    issue INTEGER NOT NULL,
    file TEXT NOT NULL,
    received_at TEXT NOT NULL,
    status TEXT NOT NULL CHECK (
        status IN ('accepted', 'waiting', 'errors', 'refused', 'superseded', 'held', 'withdrawn')
    ),
    application TEXT NOT NULL,
    submission TEXT,
    decided_by TEXT NOT NULL DEFAULT ''
);

INSERT INTO attempts_2 SELECT *, '' FROM attempts;

DROP TABLE attempts;

ALTER TABLE attempts_2 RENAME TO attempts;

CREATE INDEX attempts_of_unit ON attempts (unit_code, issue);

CREATE UNIQUE INDEX one_accepted ON attempts (unit_code) WHERE status = 'accepted';

CREATE TABLE marks (
    sha256 TEXT NOT NULL REFERENCES attempts (sha256),
    mark TEXT NOT NULL CHECK (mark IN ('stamped', 'handed-in')),
    at TEXT NOT NULL,
    detail TEXT NOT NULL,
    PRIMARY KEY (sha256, mark)
);
