-- Times are milliseconds since 1970 (UTC).
CREATE TABLE account (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE COLLATE NOCASE,
    role TEXT NOT NULL CHECK (role IN ('viewer', 'operator', 'admin')),
    -- Argon2id in PHC form.
    password TEXT NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE session (
    -- SHA-256 of the token: whoever reads this file cannot log in with it.
    digest BLOB PRIMARY KEY,
    account INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    created_at INTEGER NOT NULL,
    last_seen INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Each attempt has a row when it begins and one when it ends; a note is an attempt of one row. AUTOINCREMENT makes
-- SQLite remember the highest number, which shows when the newest rows were cut off.
CREATE TABLE journal (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    attempt INTEGER NOT NULL,
    phase TEXT NOT NULL CHECK (phase IN ('begin', 'end', 'note')),
    at INTEGER NOT NULL,
    actor TEXT NOT NULL,
    address TEXT NOT NULL,
    word TEXT NOT NULL,
    target TEXT NOT NULL,
    title TEXT NOT NULL,
    change TEXT NOT NULL,
    plan TEXT NOT NULL,
    ticket TEXT,
    outcome TEXT NOT NULL,
    report TEXT NOT NULL,
    -- SHA-256 over the hash of the row before and this row's columns.
    hash BLOB NOT NULL
) STRICT;

CREATE UNIQUE INDEX journal_ticket ON journal (ticket) WHERE ticket IS NOT NULL;
CREATE UNIQUE INDEX journal_attempt ON journal (attempt, phase);

CREATE TRIGGER journal_stays BEFORE UPDATE ON journal BEGIN SELECT raise(ABORT, 'the record is append-only'); END;
CREATE TRIGGER journal_is_kept BEFORE DELETE ON journal BEGIN SELECT raise(ABORT, 'the record is append-only'); END;

-- Targets that were entered on the settings page.
CREATE TABLE entered_target (
    id TEXT PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('mongodb', 'postgresql', 'redis')),
    name TEXT NOT NULL,
    host TEXT NOT NULL,
    port INTEGER NOT NULL,
    user TEXT,
    -- Sealed; the key is not in this file.
    password BLOB,
    database TEXT
) STRICT, WITHOUT ROWID;

-- The query whose result was last stored under a key, with the time the database took, in microseconds.
CREATE TABLE cached_query (
    target TEXT NOT NULL,
    key TEXT NOT NULL,
    source TEXT NOT NULL,
    query TEXT NOT NULL,
    -- Seconds.
    ttl INTEGER NOT NULL,
    micros INTEGER NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (target, key)
) STRICT, WITHOUT ROWID;
