"""Inside the cluster: blue reaches blue alone, and who has no colour reaches nobody."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from app.colours import COLOURS
from tests.cluster.conftest import Cluster
from tests.support.installation import namespace

REPORT = """
import json, urllib.request
report = json.load(urllib.request.urlopen("http://127.0.0.1:8080/api/v1/colours"))
result = {check["name"]: [check["result"], check["found"]] for check in report["checks"]}
"""

LOGIN = """
import pymysql
try:
    account = {"user": "pii_demo", "password": password.encode(), "database": "pii_demo"}
    connection = pymysql.connect(host=host, connect_timeout=5, **account)
    with connection.cursor() as cursor:
        cursor.execute("SELECT colour FROM marker")
        result = cursor.fetchone()[0]
except Exception as error:
    result = type(error).__name__
"""

ASK = """
import urllib.error, urllib.request
def ask(url):
    try:
        request = urllib.request.Request(url, headers={"Host": host} if host else {})
        return urllib.request.urlopen(request, timeout=5).headers["X-App-Colour"]
    except urllib.error.HTTPError as error:
        return f"HTTP {error.code}"
    except OSError:
        return "no answer"
result = sorted({ask(url) for url in urls})
"""

# `clients` clients that never log in; one that MySQL drops connects again. Leaves how many it greeted.
IDLE = """
import concurrent.futures, socket, time
until = time.monotonic() + seconds
def idle(_):
    greeted = 0
    while time.monotonic() < until:
        try:
            with socket.create_connection((host, 3306), timeout=seconds) as connection:
                greeted += bool(connection.recv(1))
                while connection.recv(1024):
                    pass
        except OSError:
            pass
        time.sleep(0.1)
    return greeted
with concurrent.futures.ThreadPoolExecutor(clients) as pool:
    result = sum(pool.map(idle, range(clients)))
"""

PAIRS = [("blue", "green"), ("green", "blue")]
REFUSED = {"HTTP 403", "HTTP 502", "HTTP 503", "no answer"}


@pytest.mark.parametrize("colour", COLOURS)
def test_a_web_server_finds_its_image_its_database_and_its_peers_of_its_own_colour(cluster: Cluster, colour):
    found = cluster.python(cluster.web(colour), REPORT)
    assert found == {"image": ["pass", {colour: 1}], "database": ["pass", {colour: 1}], "peers": ["pass", {colour: 10}]}


@pytest.mark.parametrize(("own", "other"), PAIRS)
def test_a_login_on_the_other_colours_database_fails_even_with_its_password(cluster: Cluster, own, other):
    web = cluster.web(own)
    host = cluster.service("mysql-server", own)
    assert cluster.python(web, LOGIN, host=host, password=cluster.password(own)) == own
    found = cluster.python(web, LOGIN, host=f"mysql-server-{other}", password=cluster.password(other))
    assert found == "OperationalError"


@pytest.mark.parametrize(("own", "other"), PAIRS)
def test_a_web_server_reaches_none_of_the_other_colour(cluster: Cluster, own, other):
    assert ask(cluster, cluster.web(own), *[f"http://{cluster.service('httpd-server', own)}/version"] * 20) == [own]
    [refused] = ask(cluster, cluster.web(own), f"http://httpd-server-{other}/version")
    assert refused in REFUSED


@pytest.mark.parametrize(("own", "other"), PAIRS)
def test_in_the_mesh_a_web_server_cannot_ask_the_ingress_gateway_for_the_other_colour(mesh: Cluster, own, other):
    with mesh.stranger(where="default") as stranger:  # who is not in the mesh
        addresses = [f"http://{address}/version" for address in mesh.gateway_inside()]
        assert ask(mesh, stranger, *addresses, where="default", host=mesh.host(other)) == [other]
    assert set(ask(mesh, mesh.web(own), *addresses, host=mesh.host(other))) <= REFUSED


def test_a_pod_without_a_colour_logs_in_nowhere(cluster: Cluster):
    with cluster.stranger() as stranger:
        for host in ("mysql-server", "mysql-server-blue", "mysql-server-green"):
            for colour in COLOURS:
                found = cluster.python(stranger, LOGIN, host=host, password=cluster.password(colour))
                assert found == "OperationalError", (host, colour)


def test_in_the_mesh_a_pod_without_a_colour_is_refused_by_rule_and_not_greeted_by_mysql(mesh: Cluster):
    with mesh.stranger() as stranger:
        assert ask(mesh, stranger, *["http://httpd-server/version"] * 20) == ["HTTP 403"]
        assert mesh.python(stranger, IDLE, host="mysql-server", clients=10, seconds=5) == 0


@pytest.mark.parametrize(("labels", "answer"), [({}, "no answer"), ({"sidecar.istio.io/inject": "true"}, "HTTP 403")])
def test_in_the_mesh_another_namespace_needs_a_certificate_and_then_leave(mesh: Cluster, labels, answer):
    """The network lets it through: what refuses is mTLS, and where there is a certificate the policy."""
    with mesh.stranger(where="default", **labels) as stranger:
        url = f"http://httpd-server-blue.{namespace()}/version"
        assert ask(mesh, stranger, url, where="default") == [answer]


def test_clients_that_never_log_in_leave_room_for_the_web_server(cluster: Cluster):
    """Where the network lets them through: then MySQL greets them, in the mesh those with a certificate."""
    labels = {"sidecar.istio.io/inject": "true"} if cluster.mesh else {}
    host, password = cluster.service("mysql-server", "blue"), cluster.password("blue")
    with cluster.stranger(where="default", **labels) as stranger, ThreadPoolExecutor() as pool:
        target = f"mysql-server-blue.{namespace()}"
        idle = pool.submit(cluster.python, stranger, IDLE, "default", host=target, clients=120, seconds=30)
        while not idle.done():
            assert cluster.python(cluster.web("blue"), LOGIN, host=host, password=password) == "blue"
        idle.result()


def ask(cluster: Cluster, pod: str, *urls: str, where: str | None = None, host: str | None = None) -> list[str]:
    """The different answers to these addresses: a colour, a status that is an error, or none."""
    found = cluster.python(pod, ASK, where=where, urls=urls, host=host)
    assert isinstance(found, list)
    return found
