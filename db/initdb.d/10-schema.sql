-- The official MySQL image runs this at its first start, in the database that 05-database.sh created. app/fields.py has the same
-- limits.
SET NAMES utf8mb4;

CREATE TABLE users (
    id        INT UNSIGNED     NOT NULL AUTO_INCREMENT PRIMARY KEY,  -- never leaves the database
    public_id CHAR(36)         CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    revision  INT UNSIGNED     NOT NULL DEFAULT 1,
    firstname VARCHAR(30)      NOT NULL,
    lastname  VARCHAR(30)      NOT NULL,
    email     VARCHAR(50)      NOT NULL,
    age       TINYINT UNSIGNED,
    location  VARCHAR(50)      NOT NULL,
    date      DATETIME(6)      NOT NULL,  -- UTC; 1970 if the original application had none
    UNIQUE KEY users_public_id (public_id),
    KEY users_newest (date, public_id, location),  -- with the location, so that a search by prefix reads only the index
    KEY users_of_location (location, date, public_id),
    CONSTRAINT firstname_given CHECK (firstname <> ''),
    CONSTRAINT lastname_given CHECK (lastname <> ''),
    CONSTRAINT email_given CHECK (email <> ''),
    CONSTRAINT age_possible CHECK (age <= 150)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_bin;  -- exact: case and accents matter

-- Whose database this is. The application refuses one that is not its colour's.
CREATE TABLE marker (colour VARCHAR(20) NOT NULL PRIMARY KEY);
