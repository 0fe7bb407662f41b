-- The article's table.
CREATE DATABASE IF NOT EXISTS peer;
CREATE TABLE IF NOT EXISTS peer.users (
    id        INT UNSIGNED AUTO_INCREMENT PRIMARY KEY,
    firstname VARCHAR(30) NOT NULL,
    lastname  VARCHAR(30) NOT NULL,
    email     VARCHAR(50) NOT NULL,
    age       INT,
    location  VARCHAR(50),
    date      TIMESTAMP DEFAULT CURRENT_TIMESTAMP
);
GRANT ALL ON peer.* TO pii_demo@'%';
