-- What app/promote needs in a file of db/sqlite.sql: the same tables as in initdb.d/12-promote.sql, which says what each is for.
CREATE TABLE IF NOT EXISTS freezes (promotion TEXT NOT NULL PRIMARY KEY, until TEXT NOT NULL, moved_to TEXT);
CREATE TABLE IF NOT EXISTS incoming (
    id        INTEGER PRIMARY KEY,
    public_id TEXT    NOT NULL UNIQUE,
    revision  INTEGER NOT NULL,
    firstname TEXT    NOT NULL,
    lastname  TEXT    NOT NULL,
    email     TEXT    NOT NULL,
    age       INTEGER,
    location  TEXT    NOT NULL,
    date      TEXT    NOT NULL
);
CREATE TABLE IF NOT EXISTS changes (seq INTEGER PRIMARY KEY AUTOINCREMENT, public_id TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS progress (colour TEXT NOT NULL PRIMARY KEY, copied INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS promotions (
    id        TEXT    NOT NULL PRIMARY KEY,
    origin    TEXT    NOT NULL,
    who       TEXT    NOT NULL,
    started   TEXT    NOT NULL,
    finished  TEXT,
    users     INTEGER NOT NULL,
    conflicts INTEGER NOT NULL,
    digest    TEXT    NOT NULL
);
