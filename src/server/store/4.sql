-- Queries whose answers the console keeps in a cache under a name. Times are milliseconds since 1970 (UTC).
CREATE TABLE named_query (
    name TEXT PRIMARY KEY,
    -- The cache, and the key in it.
    target TEXT NOT NULL,
    key TEXT NOT NULL,
    -- All of it, as JSON.
    recipe TEXT NOT NULL,
    -- How often it was run since then, and from where it was answered.
    since INTEGER NOT NULL,
    hits INTEGER NOT NULL DEFAULT 0,
    stales INTEGER NOT NULL DEFAULT 0,
    misses INTEGER NOT NULL DEFAULT 0,
    failures INTEGER NOT NULL DEFAULT 0,
    -- The last answer that was stored, and the times that were measured; both as JSON.
    filled TEXT,
    measured TEXT,
    UNIQUE (target, key)
) STRICT, WITHOUT ROWID;
