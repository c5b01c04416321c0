-- What was measured of a cache over time: finely for an hour and coarsely for a day.
CREATE TABLE cache_point (
    target TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('hits', 'memory', 'evictions', 'keys')),
    -- Milliseconds from one point to the next.
    step INTEGER NOT NULL,
    at INTEGER NOT NULL,
    value REAL NOT NULL,
    PRIMARY KEY (target, kind, step, at)
) STRICT, WITHOUT ROWID;
