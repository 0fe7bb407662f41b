"""A real MySQL 9.7 set up from db/ the way the official image does it: in Docker, or by a mysqld of this machine."""

import os
import shutil
import signal
import ssl
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

import pymysql
import pytest
from tenacity import retry, retry_if_exception_type, stop_after_delay, wait_fixed

from tests.support.one_machine import ROOT, free_port

IMAGE = "mysql:9.7"
DATABASE = USER = "pii_demo"
PASSWORD = "for tests only: é"
ROOT_PASSWORD = "root"
TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
TLS.check_hostname, TLS.verify_mode = False, ssl.CERT_NONE
OTHER = "or a mysqld 9.7 and mysql in PATH; MariaDB is not MySQL"


def run(*command: str, **options: Any) -> str:
    """What the command prints. Fails with what it complains of."""
    ran = subprocess.run(command, check=False, capture_output=True, text=True, **options)
    assert ran.returncode == 0, f"{command[:4]} ended with {ran.returncode}: {ran.stderr}"
    return str(ran.stdout).strip()


class Engine(Protocol):
    """What runs the server: it can be killed, started again with its data, and made to hang."""

    def start(self) -> None: ...
    def kill(self) -> None: ...
    def hang(self) -> None: ...
    def go_on(self) -> None: ...
    def remove(self) -> None: ...


class Container:
    """The official image."""

    def __init__(self, port: int, colour: str, options: tuple[str, ...]) -> None:
        variables = {
            "COLOUR": colour,
            "MYSQL_ROOT_PASSWORD": ROOT_PASSWORD,
            "DATABASE": DATABASE,
            "MYSQL_USER": USER,
            "MYSQL_PASSWORD": PASSWORD,
            "PROMOTE_PASSWORD": PASSWORD,
            "MYSQL_INITDB_SKIP_TZINFO": "1",
        }
        folders = {"initdb.d": "/docker-entrypoint-initdb.d", "conf.d": "/etc/mysql/conf.d"}
        self.id = run(
            *("docker", "run", "--detach", "--publish", f"127.0.0.1:{port}:3306", "--memory", "512m", *options),
            *(word for name, value in variables.items() for word in ("--env", f"{name}={value}")),
            *(word for name, path in folders.items() for word in ("--volume", f"{ROOT}/db/{name}:{path}:ro")),
            IMAGE,
        )

    def start(self) -> None:
        run("docker", "start", self.id)

    def kill(self) -> None:
        self.signal("KILL")
        run("docker", "wait", self.id)

    def hang(self) -> None:
        self.signal("STOP")  # `docker pause` is no certainty: https://github.com/opencontainers/runc/pull/2791

    def go_on(self) -> None:
        self.signal("CONT")

    def signal(self, name: str) -> None:
        run("docker", "kill", "--signal", name, self.id)

    def remove(self) -> None:
        run("docker", "rm", "--force", "--volumes", self.id)


class Process:
    """A mysqld of this machine, in a folder of its own."""

    def __init__(self, port: int, colour: str) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="mysql-"))
        self.options = self.folder / "my.cnf"
        self.options.write_text(
            f"[mysqld]\ndatadir={self.folder}/data\nport={port}\nsocket={self.folder}/sock\npid-file={self.folder}/pid\n"
            f"bind-address=127.0.0.1\nuser={os.environ.get('USER', 'root')}\n!include {ROOT}/db/conf.d/pii-demo.cnf\n"
            f"[client]\nsocket={self.folder}/sock\nuser=root\n"
        )
        run("mysqld", f"--defaults-file={self.options}", "--initialize-insecure")
        self.start()
        users = (
            f"CREATE USER root@'%' IDENTIFIED BY '{ROOT_PASSWORD}'; GRANT ALL ON *.* TO root@'%' WITH GRANT OPTION;"
            f"CREATE USER {USER}@'%' IDENTIFIED BY '{PASSWORD}';"
        )
        script = (
            f"docker_process_sql() {{ mysql --defaults-file={self.options} $MYSQL_DATABASE; }}\n"
            f"for f in {ROOT}/db/initdb.d/*; do case $f in *.sh) . $f ;; *) docker_process_sql <$f ;; esac; done"
        )
        retry(stop=stop_after_delay(60), wait=wait_fixed(0.1))(run)(
            "mysql", f"--defaults-file={self.options}", input=users
        )
        variables = {"COLOUR": colour, "MYSQL_USER": USER, "DATABASE": DATABASE, "MYSQL_DATABASE": ""}
        variables["PROMOTE_PASSWORD"] = PASSWORD
        run("bash", "-euc", script, env=os.environ | variables)

    def start(self) -> None:
        with (self.folder / "log").open("a") as log:
            self.process = subprocess.Popen(["mysqld", f"--defaults-file={self.options}"], stderr=log)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def hang(self) -> None:
        self.process.send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        self.process.send_signal(signal.SIGCONT)

    def remove(self) -> None:
        self.kill()
        shutil.rmtree(self.folder)


def docker_answers() -> bool:
    if not shutil.which("docker"):
        return False
    return subprocess.run(["docker", "version"], capture_output=True, check=False).returncode == 0


class Server:
    """A running server of one colour."""

    def __init__(self, colour: str, *options: str) -> None:
        self.colour = colour
        self.port = free_port()
        self.engine: Engine
        if docker_answers():
            self.engine = Container(self.port, colour, options)
        elif shutil.which("mysqld") and " 9.7" in run("mysqld", "--version"):
            self.engine = Process(self.port, colour)
        else:
            pytest.skip(f"no MySQL: install Docker and the image {IMAGE}, {OTHER}")

    @property
    def settings(self) -> dict[str, Any]:
        """How the application reaches it."""
        names = {"mysql_database": DATABASE, "mysql_user": USER, "mysql_password": PASSWORD}
        return {"mysql_host": "127.0.0.1", "mysql_port": self.port, **names}

    @property
    def environment(self) -> dict[str, str]:
        """The same, for a process."""
        return {name.upper(): str(value) for name, value in self.settings.items()}

    def connect(self, **options: Any) -> "pymysql.Connection[Any]":
        """A connection as root, unless told otherwise."""
        given: dict[str, Any] = {"user": "root", "password": ROOT_PASSWORD, "database": DATABASE, "autocommit": True}
        return pymysql.connect(host="127.0.0.1", port=self.port, charset="utf8mb4", ssl=TLS, **given | options)

    def sql(self, *statements: str, together: bool = False) -> list[tuple[Any, ...]]:
        """Run the statements as root, each by itself or all in one transaction; the rows of the last one."""
        with self.connect(autocommit=not together) as connection, connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
            connection.commit()
            return list(cursor.fetchall())

    def disconnect(self) -> None:
        """End the application's connections, as a restart or a time-out would."""
        with self.connect() as connection, connection.cursor() as cursor:
            end_connections(cursor)

    @retry(retry=retry_if_exception_type(pymysql.Error), stop=stop_after_delay(120), wait=wait_fixed(0.1))
    def wait(self) -> None:
        """Return when it has been set up and answers."""
        assert self.sql("SELECT colour FROM marker") == [(self.colour,)]

    def restart(self) -> None:
        """Kill -9, and start again on the same data."""
        self.engine.kill()
        self.engine.start()
        self.wait()


def end_connections(cursor: Any) -> None:
    """End the application's connections, on a cursor of root's."""
    cursor.execute("SELECT id FROM information_schema.processlist WHERE user = %s", [USER])
    for (id,) in cursor.fetchall():
        cursor.execute("KILL %s", [id])


@contextmanager
def server(colour: str, *options: str) -> Iterator[Server]:
    """A server, until the block ends. `options` are Docker's."""
    made = Server(colour, *options)
    try:
        made.wait()
        yield made
    finally:
        made.engine.remove()
