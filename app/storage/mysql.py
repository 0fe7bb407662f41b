"""MySQL, through PyMySQL: connecting, and what its errors mean."""

import logging
import re
import ssl
from functools import cache
from pathlib import Path
from typing import Any

import pymysql
from pymysql.constants import CLIENT, CR, ER, FIELD_TYPE
from pymysql.converters import conversions, through

from ..settings import Settings
from .database import Duplicate, Row, TooSlow, Unavailable, Unusable, Values

log = logging.getLogger(__name__)

DEVELOPMENT_PASSWORD = "development"  # noqa: S105 - docker-services.yml's default

# Seconds. On a dead network, a request waits for a free connection and then for one of these: under 5 in total.
CONNECT_TIMEOUT = 2
READ_TIMEOUT = 2

_ACCOUNT_LOCKED = 3118
_DISCONNECTED_BY_SERVER = 4031
_READ_ONLY_MODE = 1836
_READ_ONLY_TRANSACTION = 1792
_PASSWORD_EXPIRED = {1820, 1862}
_OFFLINE_MODE = 3032
_TLS_DEMANDED = 3159
_QUERY_TIMEOUT = 3024
_LOST = {
    0,  # PyMySQL's own: the connection was closed
    CR.CR_SERVER_GONE_ERROR,
    CR.CR_SERVER_LOST,
    CR.CR_SERVER_LOST_EXTENDED,
    ER.SERVER_SHUTDOWN,
    _DISCONNECTED_BY_SERVER,
}
_REASONS = {
    "The database cannot be reached.": {CR.CR_CONNECTION_ERROR, CR.CR_CONN_HOST_ERROR},
    "The connection to the database was lost.": _LOST,
    "The database has too many connections.": {ER.CON_COUNT_ERROR, ER.USER_LIMIT_REACHED},
    "The database refuses our user or password.": {ER.ACCESS_DENIED_ERROR, _ACCOUNT_LOCKED},
    "The database does not exist, or our user may not use it.": {ER.BAD_DB_ERROR, ER.DBACCESS_DENIED_ERROR},
    "Our database user lacks a right that it needs.": {ER.TABLEACCESS_DENIED_ERROR, ER.COLUMNACCESS_DENIED_ERROR},
    "A table is missing: the database was not set up.": {ER.NO_SUCH_TABLE, ER.BAD_FIELD_ERROR},
    "The database is read-only.": {
        ER.OPTION_PREVENTS_STATEMENT,
        _READ_ONLY_MODE,
        _READ_ONLY_TRANSACTION,
    },
    "The password of our database user has expired: change it.": _PASSWORD_EXPIRED,
    "The database is in offline mode: switch it off.": {_OFFLINE_MODE},
    "The database demands TLS: set MYSQL_TLS to on.": {_TLS_DEMANDED},
    "The database offers no TLS: switch it on there, since a first login needs it.": {CR.CR_SSL_CONNECTION_ERROR},
    "The disk of the database is full.": {ER.DISK_FULL, ER.RECORD_FILE_FULL, ER.ERROR_ON_WRITE, ER.GET_ERRNO},
    "The database is busy: another client holds a lock that we need.": {ER.LOCK_WAIT_TIMEOUT, ER.LOCK_DEADLOCK},
}
_REASON_BY_CODE = {code: reason for reason, codes in _REASONS.items() for code in codes}
_UNUSABLE = {ER.TABLEACCESS_DENIED_ERROR, ER.COLUMNACCESS_DENIED_ERROR, ER.NO_SUCH_TABLE, ER.BAD_FIELD_ERROR}


class UnreadableFile(OSError):
    """A file cannot be read or has the wrong content; the message is the setting that names it."""


class MySQL:
    """The database that the settings name."""

    errors: tuple[type[Exception], ...] = (pymysql.Error, OSError)
    pause = 1.0

    def __init__(self, settings: Settings, timeout: int = READ_TIMEOUT) -> None:
        self._timeout = timeout  # seconds to wait for a statement
        self.place = f"MySQL {settings.mysql_host}:{settings.mysql_port}/{settings.mysql_database}"
        self._settings = settings
        if settings.mysql_password == DEVELOPMENT_PASSWORD:
            log.warning("the database has the development password: set MYSQL_PASSWORD (compose: see .env.example)")

    def connect(self) -> Any:
        """A new connection on which each statement is its own transaction."""
        try:
            return self._connect(self._settings.mysql_tls)
        except RuntimeError:
            # PyMySQL would need `cryptography`, 7 MiB, to send the password without TLS. Once it has come with TLS, the
            # server asks for less: https://dev.mysql.com/doc/refman/9.7/en/caching-sha2-pluggable-authentication.html
            self._connect("on").close()
            return self._connect(self._settings.mysql_tls)

    def _connect(self, tls: str) -> Any:
        settings = self._settings
        # Read for each connection, so that a replaced Secret takes effect with the next one.
        file = settings.mysql_password_file
        password = _read(file, "MYSQL_PASSWORD_FILE").rstrip("\n") if file else settings.mysql_password
        return pymysql.connect(
            host=settings.mysql_host,
            port=settings.mysql_port,
            database=settings.mysql_database,
            user=settings.mysql_user,
            password=password.encode(),  # as text PyMySQL would send it in Latin-1
            charset="utf8mb4",
            autocommit=True,
            # Below our own timeout: a statement that we have given up must not keep waiting in the server.
            init_command="SET SESSION lock_wait_timeout = 1, innodb_lock_wait_timeout = 1",
            client_flag=CLIENT.FOUND_ROWS,
            conv=conversions | {FIELD_TYPE.DATETIME: through},  # as text, as from SQLite
            connect_timeout=CONNECT_TIMEOUT,
            read_timeout=self._timeout,
            write_timeout=self._timeout,
            **_tls(tls, settings.mysql_tls_ca),
        )

    def execute(self, connection: Any, statement: str, values: Values) -> tuple[list[Row], int]:
        """The rows that the statement returns, and how many it matched."""
        try:
            with connection.cursor() as cursor:
                count = cursor.execute(with_pyformat(statement), values)
                return list(cursor.fetchall()), count
        except pymysql.Error as error:
            if _code(error) == ER.DUP_ENTRY:
                raise Duplicate from None  # MySQL's message has the value in it
            if _code(error) == _QUERY_TIMEOUT:
                raise TooSlow("The search took too long.") from None
            raise

    def unavailable(self, error: Exception) -> Unavailable:
        """What an error of PyMySQL means."""
        if _is_timeout(error):
            return Unavailable("The database does not answer in time.")
        if isinstance(error, UnreadableFile):
            return Unavailable(f"The file named by {error} cannot be read or has the wrong content.")
        if isinstance(error.__context__, ssl.SSLError):
            return Unavailable("The TLS connection to the database fails, or its certificate is not trusted.")
        kind = Unusable if _code(error) in _UNUSABLE else Unavailable
        return kind(_REASON_BY_CODE.get(_code(error), "The database does not work as it should."))

    def is_lost(self, error: Exception) -> bool:
        """Whether the connection had ended. A timeout is not that: a new connection would wait as long."""
        return _code(error) in _LOST and not _is_timeout(error)


def _is_timeout(error: Exception) -> bool:
    """Whether the server took longer than our timeout."""
    return isinstance(error.__context__, TimeoutError)


def _code(error: Exception) -> Any:
    return error.args[0] if error.args else None


@cache
def with_pyformat(statement: str) -> str:
    """The statement with PyMySQL's %(name)s for :name."""
    return re.sub(r":(\w+)", r"%(\1)s", statement)


def _read(file: str, setting: str) -> str:
    try:
        return Path(file).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        raise UnreadableFile(setting) from None


@cache
def _tls(mode: str, ca: str) -> dict[str, Any]:
    """PyMySQL's options for `off`, `on` (encrypted) or `verify` (encrypted, with a certificate signed by `ca`).

    One context for all connections: making one takes longer than connecting.
    """
    if mode == "off":
        return {"ssl_disabled": True}
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    if mode == "on":  # without the system's CAs, which take some MiB of memory
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    elif ca:
        try:
            context.load_verify_locations(cadata=_read(ca, "MYSQL_TLS_CA"))
        except ssl.SSLError:
            raise UnreadableFile("MYSQL_TLS_CA") from None
    else:
        context.load_default_certs()
    return {"ssl": context}
