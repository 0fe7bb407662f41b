"""Very many users, stored by the database itself: 10^6 of them in well under a minute."""

import sqlite3
from contextlib import closing
from pathlib import Path

from tests.support.mysql_server import Server

# One a second from 2020 on, so that `i` counts from the oldest. What differs between the two databases comes by name.
_FILL = (
    "INSERT INTO users (public_id, firstname, lastname, email, age, location, date) "
    "WITH RECURSIVE numbers (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM numbers WHERE i < {count}) "
    "SELECT {id}, 'Ada', 'Lovelace', 'ada@example.org', 36, {location}, {date} FROM numbers"
)


def fill(mysql: Server, count: int, location: str) -> None:
    """Replace all users by `count`; `location` is the SQL of the location of the i-th."""
    size = mysql.sql("SELECT @@innodb_buffer_pool_size")[0][0]
    fill = _FILL.format(count=count, location=location, id="UUID()", date="'2020-01-01' + INTERVAL i SECOND")
    mysql.sql(
        f"SET GLOBAL innodb_buffer_pool_size = {2**28}",
        f"SET cte_max_recursion_depth = {count}",
        "TRUNCATE TABLE users",
        fill,
        "ANALYZE TABLE users",
        f"SET GLOBAL innodb_buffer_pool_size = {size}",
    )


def fill_sqlite(file: Path, count: int, location: str) -> None:
    """The same in a file that has been set up."""
    id = "lower(hex(randomblob(4)) || '-0000-4000-8000-' || hex(randomblob(6)))"
    date = "strftime('%Y-%m-%d %H:%M:%S.000000', '2020-01-01', i || ' seconds')"
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        connection.execute("DELETE FROM users")
        connection.execute(_FILL.format(count=count, location=location, id=id, date=date))
