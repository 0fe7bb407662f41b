"""The form, storing it, the list: the application beside the peer, and beside an empty route of Flask."""

from contextlib import ExitStack

from bench.containers import Web, application, database, edge, floor, peer, with_peers_table
from bench.figures import Run
from bench.load import measure
from tests.support.mysql_server import Server

ROUNDS = 5
CONNECTIONS = (8, 32)
STORED = 100  # users before anything is measured
OURS = {"form": "/users/new", "store": "/users/new", "list of 50": "/users"}
PEERS = {"form": "/create.php", "store": "/create.php", "list of 50": "/read.php"}
APPLICATION, PEER, STRONG = "application", "peer", "peer, strong"
TLS = ", TLS to MySQL"


def measure_part(run: Run, mysql: Server) -> None:
    """Each in turn, round by round."""
    fill(mysql)
    with ExitStack() as stack:
        enter = stack.enter_context
        app = enter(application(mysql))
        who: dict[str, tuple[Web, dict[str, str]]] = {
            APPLICATION: (app, OURS),
            PEER: (enter(peer(mysql)), PEERS),
            STRONG: (enter(peer(mysql, STRONG="1")), PEERS),
            APPLICATION + TLS: (enter(application(mysql, tls="on")), {"store": OURS["store"]}),
            PEER + TLS: (enter(peer(mysql, TLS="1")), {"store": PEERS["store"]}),
            "empty route of Flask": (enter(floor()), {"form": "/"}),
        }
        behind = enter(edge(app))
        for _ in range(ROUNDS):
            for what in OURS:
                for connections in CONNECTIONS:
                    for name, (web, paths) in who.items():
                        if what in paths:
                            load = measure(
                                web, paths[what], database(mysql), connections=connections, store=what == "store"
                            )
                            row = run.row("pages", f"{what}, {connections} connections", name)
                            row.add(cpu=load.cpu[0], database=load.cpu[1], rate=load.rate, p50=load.p50, p99=load.p99)
            load = measure(behind, OURS["form"], app)
            row = run.row("edge", "form, 8 connections", "Envoy and application")
            row.add(cpu=sum(load.cpu), upstream=load.cpu[1], rate=load.rate, p50=load.p50, p99=load.p99)


def fill(mysql: Server) -> None:
    """A hundred users for the application and for the peer each."""
    with_peers_table(mysql)
    fields = "firstname, lastname, email, age, location"
    ada = "'Ada', 'Lovelace', 'ada@example.org', 36, 'London'"
    for _ in range(STORED):
        mysql.sql(
            f"INSERT INTO users (public_id, date, {fields}) VALUES (UUID(), NOW(6), {ada})",
            f"INSERT INTO peer.users ({fields}) VALUES ({ada})",
        )
