-- Every version of every record, source and of what the data set says of itself. Rows are added, never changed and never removed.
-- Times are microseconds since 1970 UTC.
CREATE TABLE versions (
    seq         INTEGER PRIMARY KEY,            -- 1, 2, 3, without gaps: the order of everything
    kind        TEXT    NOT NULL,               -- blockade, area, corridor, segment, place; source; dataset
    id          TEXT    NOT NULL,
    version     INTEGER NOT NULL,               -- 1, 2, 3 for each id
    draft       TEXT    NOT NULL,               -- JSON, as it was accepted
    known_from  INTEGER,                        -- from when on it was known so; nothing: always
    recorded_at INTEGER NOT NULL,               -- when it came here; never before the row above
    withdrawn   INTEGER NOT NULL,
    who         TEXT    NOT NULL,
    hash        BLOB    NOT NULL,               -- SHA-256 over all of the row
    UNIQUE (id, version, kind)
) STRICT;

-- Who did what, an entry for each version. Each holds the hash of the one before it.
CREATE TABLE audit (
    seq       INTEGER PRIMARY KEY,
    at        INTEGER NOT NULL,
    who       TEXT    NOT NULL,
    operation TEXT    NOT NULL,
    object    TEXT    NOT NULL,                 -- kind/id/version
    digest    BLOB    NOT NULL,                 -- the hash of what was made
    previous  BLOB    NOT NULL,
    hash      BLOB    NOT NULL
) STRICT;

-- What was answered to requests that came with a key, so that one that comes again is answered alike and not done again.
CREATE TABLE answers (
    seq     INTEGER PRIMARY KEY,
    who     TEXT    NOT NULL,
    key     TEXT    NOT NULL,
    request BLOB    NOT NULL,                   -- digest of the request
    answer  TEXT    NOT NULL,                   -- JSON
    at      INTEGER NOT NULL,
    hash    BLOB    NOT NULL,
    UNIQUE (who, key)
) STRICT;

-- One row.
CREATE TABLE secrets (
    secret BLOB NOT NULL,                       -- what public ids are made with
    hash   BLOB NOT NULL
) STRICT;

CREATE TRIGGER versions_stay BEFORE DELETE ON versions BEGIN SELECT raise(ABORT, 'versions are never removed'); END;
CREATE TRIGGER versions_are_final BEFORE UPDATE ON versions BEGIN SELECT raise(ABORT, 'versions are never changed'); END;
CREATE TRIGGER versions_follow BEFORE INSERT ON versions WHEN new.seq IS NOT (SELECT coalesce(max(seq), 0) + 1 FROM versions)
    BEGIN SELECT raise(ABORT, 'versions follow one another'); END;
CREATE TRIGGER audit_stays BEFORE DELETE ON audit BEGIN SELECT raise(ABORT, 'the audit log is never shortened'); END;
CREATE TRIGGER audit_is_final BEFORE UPDATE ON audit BEGIN SELECT raise(ABORT, 'the audit log is never changed'); END;
CREATE TRIGGER audit_follows BEFORE INSERT ON audit WHEN new.seq IS NOT (SELECT coalesce(max(seq), 0) + 1 FROM audit)
    BEGIN SELECT raise(ABORT, 'entries follow one another'); END;
CREATE TRIGGER answers_are_final BEFORE UPDATE ON answers BEGIN SELECT raise(ABORT, 'answers are never changed'); END;
