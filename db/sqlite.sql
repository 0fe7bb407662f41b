-- The embedded store of `make run`: one file per colour. The limits are those of app/fields.py; length() counts characters.
CREATE TABLE IF NOT EXISTS users (
    id        INTEGER PRIMARY KEY,  -- never leaves the database: in the other colour it is somebody else's
    public_id TEXT    NOT NULL UNIQUE,
    revision  INTEGER NOT NULL DEFAULT 1,
    firstname TEXT    NOT NULL CHECK (length(firstname) BETWEEN 1 AND 30),
    lastname  TEXT    NOT NULL CHECK (length(lastname) BETWEEN 1 AND 30),
    email     TEXT    NOT NULL CHECK (length(email) BETWEEN 1 AND 50),
    age       INTEGER          CHECK (age BETWEEN 0 AND 150),
    location  TEXT    NOT NULL CHECK (length(location) <= 50),
    date      TEXT    NOT NULL  -- UTC, 2026-01-31 23:59:59.000000: the order of the text is the order of time
);
CREATE INDEX IF NOT EXISTS users_newest ON users (date, public_id, location);
CREATE INDEX IF NOT EXISTS users_of_location ON users (location, date, public_id);

-- Whose database this is. The application refuses one that is not its own colour's.
CREATE TABLE IF NOT EXISTS marker (colour TEXT NOT NULL PRIMARY KEY);
