-- Who may do what. No token is here, only what it is recognised by. Times are microseconds since 1970 UTC.
CREATE TABLE tokens (
    hash       TEXT    PRIMARY KEY,             -- SHA-256 of the token, hexadecimal
    name       TEXT    NOT NULL,
    role       TEXT    NOT NULL,                -- partner, editor, admin
    blind      INTEGER NOT NULL,                -- 1: may edit without saying which version it saw
    created    INTEGER NOT NULL,
    expires    INTEGER,                         -- nothing: never
    revoked    INTEGER                          -- nothing: not yet
) STRICT, WITHOUT ROWID;

-- A name is free again when its token is revoked.
CREATE UNIQUE INDEX names ON tokens (name) WHERE revoked IS NULL;
