-- The size of the volume that a server's WAL is on, in bytes, as an operator entered it: SQL cannot tell it.
CREATE TABLE wal_volume (
    target TEXT PRIMARY KEY,
    bytes INTEGER NOT NULL,
    at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- What was measured over time, such as the bytes that a slot holds back.
CREATE TABLE history_series (
    id INTEGER PRIMARY KEY,
    target TEXT NOT NULL,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    UNIQUE (target, kind, name)
) STRICT;

CREATE TABLE history_point (
    series INTEGER NOT NULL REFERENCES history_series (id) ON DELETE CASCADE,
    -- Milliseconds from one point to the next: a series is kept finely for an hour and coarsely for a day.
    step INTEGER NOT NULL,
    at INTEGER NOT NULL,
    value INTEGER NOT NULL,
    -- What the value must not reach, where there was such a bound.
    bound INTEGER,
    active INTEGER NOT NULL,
    PRIMARY KEY (series, step, at)
) STRICT, WITHOUT ROWID;
