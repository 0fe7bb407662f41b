-- Takes over the `users` table of the original PHP application in place, whatever its character set:
--
--     mysql --init-command="SET @colour = 'blue'" DATABASE < db/upgrade.sql
--     mysql DATABASE < db/initdb.d/12-promote.sql
--
-- Then grant the application what initdb.d/20-colour.sh does.
--
-- A row outside today's limits (an age over 150, an empty name) stops it before any user has changed: correct it and run this
-- again. A missing date becomes 1970, shown as unknown; a missing location becomes empty.
SET NAMES utf8mb4;
SET time_zone = '+00:00';  -- a TIMESTAMP is turned into the UTC that it stands for

-- Without a colour, or with another one, it stops here.
CREATE TEMPORARY TABLE upgrade (colour VARCHAR(20) NOT NULL, CONSTRAINT colour_given CHECK (colour IN ('blue', 'green')));
INSERT INTO upgrade VALUES (@colour);

-- One statement, so that it is all or nothing.
ALTER TABLE users
    CONVERT TO CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_bin,
    ADD COLUMN public_id CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NULL AFTER id,
    ADD COLUMN revision INT UNSIGNED NOT NULL DEFAULT 1 AFTER public_id,
    MODIFY COLUMN firstname VARCHAR(30) CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_bin NOT NULL,
    MODIFY COLUMN lastname VARCHAR(30) CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_bin NOT NULL,
    MODIFY COLUMN email VARCHAR(50) CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_bin NOT NULL,
    MODIFY COLUMN age TINYINT UNSIGNED,
    MODIFY COLUMN date DATETIME(6) NULL,
    ADD CONSTRAINT firstname_given CHECK (firstname <> ''),
    ADD CONSTRAINT lastname_given CHECK (lastname <> ''),
    ADD CONSTRAINT email_given CHECK (email <> ''),
    ADD CONSTRAINT age_possible CHECK (age <= 150);

-- Random UUIDs (version 4); UUID() would tell when and where they were made.
UPDATE users SET
    public_id = LOWER(CONCAT(
        HEX(RANDOM_BYTES(4)), '-', HEX(RANDOM_BYTES(2)), '-4', SUBSTR(HEX(RANDOM_BYTES(2)), 2), '-',
        SUBSTR('89AB', 1 + FLOOR(RAND() * 4), 1), SUBSTR(HEX(RANDOM_BYTES(2)), 2), '-', HEX(RANDOM_BYTES(6)))),
    location = COALESCE(location, ''),
    date = COALESCE(date, '1970-01-01');

ALTER TABLE users
    MODIFY COLUMN public_id CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    MODIFY COLUMN location VARCHAR(50) CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_bin NOT NULL,
    MODIFY COLUMN date DATETIME(6) NOT NULL,
    ADD UNIQUE KEY users_public_id (public_id),
    ADD KEY users_newest (date, public_id, location),
    ADD KEY users_of_location (location, date, public_id);

CREATE TABLE marker (colour VARCHAR(20) NOT NULL PRIMARY KEY);
INSERT INTO marker SELECT colour FROM upgrade;
