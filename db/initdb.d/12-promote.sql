-- What app/promote needs beside the schema. It can be run again, and on a database that an earlier release has made.
SET NAMES utf8mb4;

-- While a freeze lasts, the users can be read, but not written. Only app/promote makes one.
CREATE TABLE IF NOT EXISTS freezes (
    promotion CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
    until     DATETIME    NOT NULL,  -- UTC; 9999 if the users were moved
    moved_to  VARCHAR(20)            -- the colour that has them now
);

-- What arrives from the other colour, until all of it is here.
CREATE TABLE IF NOT EXISTS incoming LIKE users;

-- Which users were written since a promotion began. Its triggers fill it.
CREATE TABLE IF NOT EXISTS changes (
    seq       BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
    public_id CHAR(36)        CHARACTER SET ascii COLLATE ascii_bin NOT NULL
);

-- How far each colour's users have been copied, by their `id`.
CREATE TABLE IF NOT EXISTS progress (colour VARCHAR(20) NOT NULL PRIMARY KEY, copied INT UNSIGNED NOT NULL);

-- Who was moved here, when, and what was compared.
CREATE TABLE IF NOT EXISTS promotions (
    id        CHAR(36)     CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
    origin    VARCHAR(20)  NOT NULL,
    who       VARCHAR(100) NOT NULL,
    started   DATETIME     NOT NULL,
    finished  DATETIME,
    users     INT UNSIGNED NOT NULL,
    conflicts INT UNSIGNED NOT NULL,
    digest    CHAR(64)     CHARACTER SET ascii COLLATE ascii_bin NOT NULL  -- of all users, SHA-256
);
