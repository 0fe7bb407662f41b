"""What is MySQL's own: set up from db/, rights, limits, indexes, TLS, whose database it is, and what goes wrong."""

import re
import subprocess
import time
from contextlib import contextmanager

import pymysql
import pytest

from app.settings import Settings
from app.storage.mysql import _REASONS, MySQL, with_pyformat
from app.storage.users import FEW, PAGE_SIZE, SEARCHES
from tests.app.test_pages import hidden, values
from tests.app.test_storage import NOON, add
from tests.support.clients import browser, services_of
from tests.support.examples import ADA
from tests.support.mysql_server import PASSWORD, USER, Container, end_connections, server
from tests.support.one_machine import ROOT
from tests.support.stores import MySQLStore
from tests.support.waiting import eventually


@pytest.fixture
def store(mysql_servers):
    return MySQLStore(mysql_servers)


@pytest.fixture
def blue(store):
    """Blue's server."""
    return store.servers["blue"]


class TestSetUp:
    def test_it_is_durable_small_and_resolves_no_names(self, blue):
        wanted = {
            "innodb_flush_log_at_trx_commit": "1",
            "innodb_doublewrite": "ON",
            "skip_name_resolve": "ON",
            "innodb_buffer_pool_size": str(32 * 1024**2),
            "performance_schema": "OFF",
        }
        assert dict(blue.sql(f"SHOW VARIABLES WHERE Variable_name IN {tuple(wanted)}")) == wanted

    def test_it_carries_its_colour(self, store):
        for colour, its in store.servers.items():
            assert its.sql("SELECT colour FROM marker") == [(colour,)]

    def test_the_application_has_the_rights_that_it_uses_and_no_others(self, blue):
        grants = {re.sub(r" TO .*", "", grant).replace("`", "") for (grant,) in blue.sql(f"SHOW GRANTS FOR {USER}")}
        assert grants == {
            "GRANT USAGE ON *.*",
            "GRANT SELECT, INSERT, UPDATE, DELETE ON pii_demo.users",
            "GRANT SELECT ON pii_demo.freezes",
            "GRANT SELECT ON pii_demo.marker",
            "GRANT SELECT ON pii_demo.promotions",
        }
        with blue.connect(user=USER, password=PASSWORD.encode()) as connection, connection.cursor() as cursor:
            for statement in ("DROP TABLE users", "ALTER TABLE users ADD x INT", "UPDATE marker SET colour = 'green'"):
                with pytest.raises(pymysql.OperationalError, match="denied"):
                    cursor.execute(statement)

    @pytest.mark.parametrize(
        ("column", "value"),
        [
            ("firstname", "🦊" * 31),
            ("lastname", ""),
            ("email", "x" * 51),
            ("age", 151),
            ("age", -1),
            ("location", "x" * 51),
        ],
    )
    def test_the_database_has_the_limits_of_the_form(self, blue, column, value):
        row = {"public_id": "id", "date": NOON, "firstname": "A", "lastname": "B", "email": "c@d.e", "location": ""}
        row |= {column: value}
        insert = f"INSERT INTO users ({', '.join(row)}) VALUES ({', '.join(['%s'] * len(row))})"
        with blue.connect() as root, root.cursor() as cursor, pytest.raises(pymysql.Error, match=column):
            cursor.execute(insert, list(row.values()))

    @pytest.fixture
    def crowded(self, blue, make_app):
        """8,192 users: half of them in a Town, 64 in a Village, the others each at a Place of nine."""
        storage = services_of(make_app()).storage
        add(storage)
        place = "CASE WHEN id % 2 THEN 'Town' WHEN id % 128 = 0 THEN 'Village' ELSE CONCAT('Place ', id % 9) END"
        copy = (
            "INSERT INTO users (public_id, firstname, lastname, email, location, date) "
            f"SELECT UUID(), firstname, lastname, email, {place}, date - INTERVAL id SECOND FROM users"
        )
        blue.sql(*[copy] * 13, f"UPDATE users SET location = {place}", "ANALYZE TABLE users")
        return storage

    @pytest.mark.parametrize(
        ("search", "most"),
        {
            (): PAGE_SIZE,
            ("Town",): PAGE_SIZE,
            ("Place 7",): PAGE_SIZE,
            ("Tow", "prefix"): FEW + 3 * PAGE_SIZE,
            ("Vill", "prefix"): 6 * PAGE_SIZE,
            ("Nowhere", "prefix"): 0,
        }.items(),
    )
    def test_no_search_reads_much_more_than_it_gives(self, blue, crowded, search, most):
        def read() -> int:
            return sum(int(count) for _, count in blue.sql("SHOW GLOBAL STATUS LIKE 'Handler_read%'"))

        crowded.find(*search)
        asking = read()
        before = read()
        crowded.find(*search)
        assert read() - before - (before - asking) <= most + 20  # and the marker

    @pytest.mark.parametrize("search", SEARCHES)
    def test_each_search_uses_its_index(self, blue, crowded, search):
        sought = {
            "own": "blue",
            "location": "Town",
            "beyond": "Town\U0010ffff",
            "date": NOON,
            "public_id": "x",
            "limit": 51,
        }
        with blue.connect(cursorclass=pymysql.cursors.DictCursor) as connection, connection.cursor() as cursor:
            cursor.execute("EXPLAIN FORMAT=TRADITIONAL " + with_pyformat(SEARCHES[search]), sought)
            plan = next(row for row in cursor.fetchall() if "users_" in str(row["key"]) and row["type"] != "eq_ref")
        assert plan["key"] == ("users_newest" if search in {"everybody", "prefix of many"} else "users_of_location")
        assert plan["type"] in {"range", "ref"}
        assert ("filesort" in plan["Extra"]) == (search == "prefix of few")

    def test_a_search_that_takes_too_long_is_ended_and_harms_nobody(self, blue, make_app, monkeypatch):
        client = browser(make_app(), "blue")
        client.post("/users/new", data=ADA)
        slow = SEARCHES["exact"].replace("WHERE", "WHERE SLEEP(5) = 0 AND")
        monkeypatch.setitem(SEARCHES, "exact", slow.replace("MAX_EXECUTION_TIME(1000)", "MAX_EXECUTION_TIME(50)"))
        for _ in range(3):
            answer = client.get("/users?location=London")
            assert answer.status_code == 503
            assert "The search took too long. Narrow the search" in answer.text
            assert "Retry-After" not in answer.headers
            assert client.get("/users").status_code == 200
            assert client.get("/readyz").status_code == 200
            assert client.post("/users/new", data=ADA).status_code == 303


class TestTLS:
    @pytest.fixture
    def ready(self, make_app, blue):
        """What /readyz says when nothing about the login is cached."""

        def ask(**settings):
            blue.sql(f"ALTER USER {USER} IDENTIFIED BY '{PASSWORD}'")
            return make_app(**settings).test_client().get("/readyz")

        return ask

    def cipher(self, app) -> str:
        [(_, cipher)], _ = services_of(app).connections.execute("users", ("SHOW SESSION STATUS LIKE 'Ssl_cipher'", {}))
        return str(cipher)

    @pytest.mark.parametrize("mode", ["on", "off"])
    def test_the_default_authentication_works_with_and_without(self, ready, make_app, mode):
        assert ready(mysql_tls=mode).status_code == 200
        app = make_app(mysql_tls=mode)
        app.test_client().get("/readyz")
        assert bool(self.cipher(app)) == (mode == "on")

    def test_verify_refuses_a_certificate_that_nobody_vouches_for(self, ready):
        unready = ready(mysql_tls="verify")
        assert unready.status_code == 503
        assert "certificate is not trusted" in unready.json["reason"]

    @pytest.mark.parametrize("mode", ["on", "off"])
    def test_a_server_without_tls_is_told_from_one_that_is_away(self, make_app, blue, mode):
        [(key,)] = blue.sql("SELECT @@ssl_key")
        with blue.connect() as root, root.cursor() as cursor:
            try:
                cursor.execute("SET GLOBAL ssl_key = 'none'")
                cursor.execute("ALTER INSTANCE RELOAD TLS NO ROLLBACK ON ERROR")
                cursor.execute(f"ALTER USER {USER} IDENTIFIED BY '{PASSWORD}'")  # whose login is cached no longer
                unready = make_app(mysql_tls=mode).test_client().get("/readyz")
            finally:
                cursor.execute("SET GLOBAL ssl_key = %s", [key])
                cursor.execute("ALTER INSTANCE RELOAD TLS")
        assert "offers no TLS: switch it on there" in unready.text

    def test_a_server_that_demands_tls_says_so(self, make_app, blue):
        with blue.connect() as root, root.cursor() as cursor:
            try:
                cursor.execute("SET GLOBAL require_secure_transport = ON")
                unready = make_app(mysql_tls="off").test_client().get("/readyz")
            finally:
                cursor.execute("SET GLOBAL require_secure_transport = OFF")
        assert "demands TLS: set MYSQL_TLS to on" in unready.text

    @pytest.mark.parametrize("content", [None, b"no certificate", b"\xff"])
    def test_a_file_that_is_missing_or_something_else_is_named_by_its_setting(self, make_app, tmp_path, content):
        if content:
            (tmp_path / "file").write_bytes(content)
        file = str(tmp_path / "file")
        ca = make_app(mysql_tls="verify", mysql_tls_ca=file).test_client().get("/readyz")
        assert "The file named by MYSQL_TLS_CA cannot be read" in ca.text
        if content != b"no certificate":
            password = make_app(mysql_password_file=file).test_client().get("/readyz")
            assert "The file named by MYSQL_PASSWORD_FILE cannot be read" in password.text
        assert file not in ca.text

    def test_the_password_may_come_from_a_file(self, make_app, tmp_path):
        (tmp_path / "password").write_text(PASSWORD + "\n")
        app = make_app(mysql_password="", mysql_password_file=str(tmp_path / "password"))
        assert app.test_client().get("/readyz").status_code == 200

    def test_the_place_and_the_settings_show_no_password(self, blue):
        settings = Settings(**blue.settings)
        assert PASSWORD not in repr(settings) + MySQL(settings).place


class TestConnections:
    def test_a_connection_is_used_again_and_asked_nothing_more(self, make_app, blue):
        client = make_app().test_client()
        client.post("/users/new", data=ADA)
        client.get("/users")

        def questions():
            return [int(blue.sql(f"SHOW GLOBAL STATUS LIKE '{name}'")[0][1]) for name in ("Questions", "Connections")]

        before = questions()
        for _ in range(10):
            client.get("/users")
        after = questions()
        own = 2 * 2 + 1  # what questions() itself sends and opens
        assert after[0] - before[0] <= 10 + 2 * own
        assert after[1] - before[1] == 2

    def test_a_connection_that_has_died_is_replaced_within_the_request(self, make_app, blue):
        client = make_app().test_client()
        client.get("/users")
        blue.disconnect()
        assert client.post("/users/new", data=ADA).status_code == 303
        blue.restart()
        assert client.post("/users/new", data=ADA).status_code == 303

    def test_an_update_on_a_dead_connection_is_one_update(self, make_app, blue):
        client = make_app().test_client()
        user = client.post("/users/new", data=ADA).location.partition("?")[0]
        form = hidden(client.get(user).text) | ADA | {"location": "Paris"}
        blue.disconnect()
        assert client.post(user, data=form).status_code == 303
        assert hidden(client.get(user).text) == {"revision": "2"}


@contextmanager
def changed(server, change: str, back: str, disconnect: bool = True):
    server.sql(change)
    if disconnect:
        server.disconnect()
    try:
        yield
    finally:
        server.sql(back)


@contextmanager
def down(server):
    server.engine.kill()
    try:
        yield
    finally:
        server.engine.start()
        server.wait()


@contextmanager
def starting(server):
    server.engine.kill()
    server.engine.start()
    try:
        yield
    finally:
        server.wait()


@contextmanager
def network_cut(server):
    server.engine.hang()
    try:
        yield
    finally:
        server.engine.go_on()


@contextmanager
def no_connection_left(server):
    [(most,)] = server.sql("SELECT @@max_connections")
    with server.connect() as held, held.cursor() as cursor:
        try:
            cursor.execute("SET GLOBAL max_connections = 1")
            end_connections(cursor)
            yield
        finally:
            cursor.execute(f"SET GLOBAL max_connections = {most}")


def sql(change: str, back: str, disconnect: bool = True):
    return lambda server: changed(server, change, back, disconnect)


READ_ONLY = ("SET GLOBAL super_read_only = ON", "SET GLOBAL super_read_only = OFF, read_only = OFF")
FAULTS = {
    "down": (down, "cannot be reached|was lost"),
    "starting": (starting, "cannot be reached|was lost"),
    "network cut": (network_cut, "does not answer in time"),
    "too many connections": (no_connection_left, "too many connections"),
    "read-only": (sql(*READ_ONLY), "read-only"),
    "read-only on an open connection": (sql(*READ_ONLY, disconnect=False), "read-only"),
    "wrong password": (
        sql(f"ALTER USER {USER} IDENTIFIED BY 'another'", f"ALTER USER {USER} IDENTIFIED BY '{PASSWORD}'"),
        "refuses our user or password",
    ),
    "read-only transactions": (
        sql("SET GLOBAL transaction_read_only = ON", "SET GLOBAL transaction_read_only = OFF"),
        "read-only",
    ),
    "password expired": (
        sql(f"ALTER USER {USER} PASSWORD EXPIRE", f"ALTER USER {USER} IDENTIFIED BY '{PASSWORD}'"),
        "has expired",
    ),
    "offline": (sql("SET GLOBAL offline_mode = ON", "SET GLOBAL offline_mode = OFF"), "offline mode"),
    "missing table": (
        sql("RENAME TABLE users TO away", "RENAME TABLE away TO users", disconnect=False),
        "table is missing|lacks a right",
    ),
    "missing right": (
        sql(f"REVOKE INSERT, UPDATE ON users FROM {USER}", f"GRANT INSERT, UPDATE ON users TO {USER}"),
        "lacks a right",
    ),
    "the other colour's": (
        sql("UPDATE marker SET colour = 'green'", "UPDATE marker SET colour = 'blue'"),
        "This is blue, but the database belongs to green",
    ),
    "nobody's": (
        sql("DELETE FROM marker", "INSERT INTO marker VALUES ('blue')"),
        "This is blue, but the database does not say whose it is",
    ),
    "everybody's": (
        sql("INSERT INTO marker VALUES ('green')", "DELETE FROM marker WHERE colour = 'green'"),
        "This is blue, but the database does not say whose it is",
    ),
    "no marker": (
        sql("RENAME TABLE marker TO away", "RENAME TABLE away TO marker"),
        "This is blue, but the database does not say whose it is",
    ),
}


class TestFaults:
    def assert_fault(self, client, form, reason: str) -> None:
        started = time.monotonic()
        answer = client.post("/users/new", data=form)
        assert time.monotonic() - started < 5
        assert answer.status_code == 503
        assert re.search(reason, answer.text)
        assert values(answer.text) | hidden(answer.text) == form
        assert not re.search(r"INSERT|SELECT|pymysql|Error|127\.0\.0\.1', ", answer.text)
        unready = client.get("/readyz")
        assert unready.status_code == 503
        assert re.search(reason, unready.json["reason"])
        assert client.get("/livez").status_code == 200
        assert client.get("/users").status_code in {200, 503}

    @pytest.mark.parametrize(("fault", "reason"), FAULTS.values(), ids=FAULTS)
    @pytest.mark.parametrize("used", [True, False], ids=["used before", "never used"])
    def test_a_fault_is_said_keeps_the_form_and_passes(self, make_app, blue, fault, reason, used):
        client = browser(make_app(), "blue")
        if used:
            client.get("/users")
        form = hidden(client.get("/users/new").text) | ADA
        with fault(blue):
            self.assert_fault(client, form, reason)

        @eventually
        def send_again() -> None:
            assert client.get("/readyz").status_code == 200
            assert client.post("/users/new", data=form).status_code == 303

        send_again()
        assert blue.sql("SELECT COUNT(*) FROM users") == [(1,)]

    def test_a_full_disk(self, make_app):
        with server("blue", "--tmpfs", "/var/lib/mysql:size=190m") as small:
            if not isinstance(small.engine, Container):
                pytest.skip("a small disk needs Docker: install it")
            app = make_app(**small.settings)
            client = browser(app, "blue")
            storage = services_of(app).storage
            fill = "dd if=/dev/zero of=/var/lib/mysql/filler bs=64k; df -h /var/lib/mysql"
            subprocess.run(["docker", "exec", small.engine.id, "sh", "-c", fill], check=False, capture_output=True)
            form = hidden(client.get("/users/new").text) | ADA
            with pytest.raises(Exception, match="disk of the database is full"):
                for _ in range(20_000):
                    add(storage)
            assert client.post("/users/new", data=form).status_code in {303, 503}  # a small user may still find room
            for _ in range(20):
                unready = client.get("/readyz")
                assert unready.status_code == 503
                assert "The disk of the database is full." in unready.text
            subprocess.run(["docker", "exec", small.engine.id, "rm", "/var/lib/mysql/filler"], check=True)

            @eventually
            def send_again() -> None:
                assert client.get("/readyz").status_code == 200
                assert client.post("/users/new", data=form).status_code == 303

            send_again()

    def test_every_reason_is_a_sentence(self):
        assert all(re.fullmatch(r"[A-Z][^.]+\.", reason) for reason in _REASONS)


class TestUpgrade:
    """db/upgrade.sql on the table of the original application, in both of the character sets that it may have."""

    ORIGINAL = (
        "CREATE TABLE users (id INT(11) UNSIGNED AUTO_INCREMENT PRIMARY KEY, firstname VARCHAR(30) NOT NULL, "
        "lastname VARCHAR(30) NOT NULL, email VARCHAR(50) NOT NULL, age INT(3), location VARCHAR(50), "
        "date TIMESTAMP NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP) DEFAULT CHARSET={}"
    )

    @pytest.fixture
    def legacy(self, blue):
        """Make the original's table in place of ours; put ours back afterwards."""
        away = "RENAME TABLE users TO aside.users, marker TO aside.marker, freezes TO aside.freezes"
        blue.sql("CREATE DATABASE aside", away)

        def make(charset: str, *rows: str) -> None:
            insert = "INSERT INTO users (firstname, lastname, email, age, location, date) VALUES "
            blue.sql(self.ORIGINAL.format(charset), "SET time_zone = '+00:00'", insert + ", ".join(rows))

        yield make
        back = "RENAME TABLE aside.users TO users, aside.marker TO marker, aside.freezes TO freezes"
        blue.sql("DROP TABLE IF EXISTS users, marker, freezes", back, "DROP DATABASE aside")

    def upgrade(self, blue, colour: str = "blue") -> None:
        # As the client would: statement by statement, up to the first that fails.
        files = [ROOT / "db" / "upgrade.sql", ROOT / "db" / "initdb.d" / "12-promote.sql"]
        text = re.sub(r"--.*", "", "".join(file.read_text() for file in files))
        statements = [statement for statement in text.split(";") if statement.strip()]
        blue.sql("SET NAMES latin1", f"SET @colour = '{colour}'", *statements)

    @pytest.mark.parametrize("charset", ["latin1", "utf8mb4"])
    def test_the_users_are_taken_over(self, legacy, blue, make_app, charset):
        legacy(
            charset,
            "('Zoë', 'Müller', 'zoe@example.org', 36, 'Besançon', '2019-05-06 07:08:09')",
            "('Bob', 'Ng', 'bob@example.org', NULL, NULL, NULL)",
        )
        self.upgrade(blue)
        client = browser(make_app(), "blue")
        page = client.get("/users").text
        assert re.findall(r'row"><bdi>(.*)</bdi>', page) == ["Zoë Müller", "Bob Ng"]
        assert "2019-05-06 07:08:09" in page
        assert ">unknown</td>" in page
        assert client.get("/users?location=Besançon").text.count(">Edit</a>") == 1
        [zoe, bob] = re.findall(
            r'href="(/users/[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12})"', page
        )
        form = hidden(client.get(bob).text) | ADA
        assert client.post(bob, data=form).status_code == 303
        assert client.post(f"{zoe}/delete").status_code == 303
        assert client.post("/users/new", data=ADA).status_code == 303
        assert blue.sql("SELECT id, firstname, age FROM users ORDER BY id") == [(2, "Ada", 36), (3, "Ada", 36)]

    def test_the_table_is_then_that_of_a_new_database(self, legacy, blue):
        legacy("latin1", "('A', 'B', 'c@d.e', 1, '', NULL)")
        self.upgrade(blue)

        def shape(table: str):
            ddl = blue.sql(f"SHOW CREATE TABLE {table}")[0][1]
            lines = re.sub(r"AUTO_INCREMENT=\d+ |CHARACTER SET \w+ COLLATE \w+ | COLLATE \w+", "", ddl).splitlines()[1:]
            return sorted(line.strip(" ,") for line in lines)

        assert shape("users") == shape("aside.users")

    def test_a_row_outside_the_limits_stops_it_before_any_user_has_changed(self, legacy, blue):
        legacy("latin1", "('Ada', 'L', 'a@b.c', 36, '', NULL)", "('Old', 'Man', 'o@b.c', 151, '', NULL)")
        before = blue.sql("SHOW CREATE TABLE users")
        with pytest.raises(pymysql.Error, match="age_possible"):
            self.upgrade(blue)
        assert blue.sql("SHOW CREATE TABLE users") == before
        with pytest.raises(pymysql.Error, match="colour_given"):
            self.upgrade(blue, "bleu")
        blue.sql("UPDATE users SET age = NULL WHERE firstname = 'Old'")
        self.upgrade(blue)
        assert blue.sql("SELECT COUNT(*) FROM users") == [(2,)]
