-- How long keys that begin with a prefix are to live, as an operator has decided. The prefix is in the spelling of keys.
CREATE TABLE ttl_policy (
    target TEXT NOT NULL,
    prefix TEXT NOT NULL,
    -- The policy itself, as JSON.
    policy TEXT NOT NULL,
    -- Milliseconds since 1970.
    at INTEGER NOT NULL,
    PRIMARY KEY (target, prefix)
) STRICT, WITHOUT ROWID;
