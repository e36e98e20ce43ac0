-- The ledger of one campaign. Times are ISO 8601 texts; everything else is the same for the same files in the same order.

CREATE TABLE issues (
    unit_code TEXT NOT NULL,
    issue INTEGER NOT NULL,
    token TEXT NOT NULL,
    file TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    at TEXT NOT NULL,
    answers TEXT NOT NULL DEFAULT '', -- of a returned form: the attempt it sends back
    PRIMARY KEY (unit_code, issue)
);

-- What a returned form asked of its unit; `issue` is the returned workbook's own number.
CREATE TABLE opinions (
    unit_code TEXT NOT NULL,
    issue INTEGER NOT NULL,
    position INTEGER NOT NULL,
    key TEXT NOT NULL,
    source TEXT NOT NULL,
    severity TEXT NOT NULL,
    slot TEXT NOT NULL,
    cell TEXT NOT NULL,
    problem TEXT NOT NULL,
    remedy TEXT NOT NULL,
    state TEXT NOT NULL,
    reason TEXT NOT NULL,
    value TEXT NOT NULL DEFAULT '', -- a digest of what stood there then
    PRIMARY KEY (unit_code, issue, position),
    FOREIGN KEY (unit_code, issue) REFERENCES issues (unit_code, issue)
);

CREATE TABLE attempts (
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
    decided_by TEXT NOT NULL DEFAULT '' -- who accepted it; empty where the program did
);

CREATE INDEX attempts_of_unit ON attempts (unit_code, issue);

-- No more than one accepted attempt of a unit, whatever a program does.
CREATE UNIQUE INDEX one_accepted ON attempts (unit_code) WHERE status = 'accepted';

CREATE TABLE findings (
    sha256 TEXT NOT NULL REFERENCES attempts (sha256),
    position INTEGER NOT NULL,
    code TEXT NOT NULL,
    severity TEXT NOT NULL,
    args TEXT NOT NULL,
    file TEXT NOT NULL,
    sheet TEXT NOT NULL,
    cell TEXT NOT NULL,
    field TEXT NOT NULL,
    unit_code TEXT NOT NULL,
    row INTEGER NOT NULL,
    "column" TEXT NOT NULL,
    PRIMARY KEY (sha256, position)
);

-- A unit's reasons (合理性说明) as they stood in this attempt, by the keys of the opinions they answer.
CREATE TABLE reasons (
    sha256 TEXT NOT NULL REFERENCES attempts (sha256),
    key TEXT NOT NULL,
    reason TEXT NOT NULL,
    PRIMARY KEY (sha256, key)
);

-- What happened to an accepted form afterwards: its stamped copy came, it was handed in.
CREATE TABLE marks (
    sha256 TEXT NOT NULL REFERENCES attempts (sha256),
    mark TEXT NOT NULL CHECK (mark IN ('stamped', 'handed-in')),
    at TEXT NOT NULL,
    detail TEXT NOT NULL,
    PRIMARY KEY (sha256, mark)
);

CREATE TABLE history (
    number INTEGER PRIMARY KEY,
    at TEXT NOT NULL,
    event TEXT NOT NULL,
    unit_code TEXT NOT NULL,
    issue INTEGER NOT NULL,
    sha256 TEXT NOT NULL,
    detail TEXT NOT NULL,
    who TEXT NOT NULL DEFAULT '',
    reason TEXT NOT NULL DEFAULT ''
);

CREATE TRIGGER history_stays_as_written BEFORE UPDATE ON history
BEGIN
    SELECT RAISE(ABORT, 'history is only added to');
END;

CREATE TRIGGER history_is_kept BEFORE DELETE ON history
BEGIN
    SELECT RAISE(ABORT, 'history is only added to');
END;
