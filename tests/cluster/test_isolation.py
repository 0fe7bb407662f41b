"""Inside the cluster: blue reaches blue alone, and who has no colour reaches nobody."""

import pytest

from app.colours import COLOURS
from k8s.secrets import namespace
from tests.cluster.conftest import Cluster

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
def ask():
    try:
        return urllib.request.urlopen(url, timeout=5).headers["X-App-Colour"]
    except urllib.error.HTTPError as error:
        return f"HTTP {error.code}"
    except OSError:
        return "no answer"
result = sorted({ask() for _ in range(times)})
"""


PAIRS = [("blue", "green"), ("green", "blue")]


@pytest.mark.parametrize("colour", COLOURS)
def test_a_web_finds_its_image_its_database_and_its_peers_of_its_own_colour(cluster: Cluster, colour):
    found = cluster.python(cluster.web(colour), REPORT)
    assert found == {"image": ["pass", {colour: 1}], "database": ["pass", {colour: 1}], "peers": ["pass", {colour: 10}]}


@pytest.mark.parametrize(("own", "other"), PAIRS)
def test_a_webs_login_on_the_other_colours_database_fails_even_with_its_password(cluster: Cluster, own, other):
    for colour, found in ((own, own), (other, "OperationalError")):
        login = {"host": f"mysql-server-{colour}", "password": cluster.password(colour)}
        assert cluster.python(cluster.web(own), LOGIN, **login) == found


@pytest.mark.parametrize(("own", "other"), PAIRS)
def test_a_web_reaches_no_web_of_the_other_colour(cluster: Cluster, own, other):
    web = cluster.web(own)
    assert cluster.python(web, ASK, times=20, url=f"http://httpd-server-{own}/version") == [own]
    [refused] = cluster.python(web, ASK, times=1, url=f"http://httpd-server-{other}/version")
    assert refused in {"HTTP 403", "HTTP 503", "no answer"}


@pytest.mark.parametrize("colour", COLOURS)
def test_in_the_mesh_the_shared_names_lead_to_the_callers_colour(mesh: Cluster, colour):
    web = mesh.web(colour)
    assert mesh.python(web, ASK, times=20, url="http://httpd-server/version") == [colour]
    assert mesh.python(web, LOGIN, host="mysql-server", password=mesh.password(colour)) == colour


def test_a_pod_without_a_colour_logs_in_nowhere(cluster: Cluster):
    with cluster.stranger() as stranger:
        for host in ("mysql-server", "mysql-server-blue", "mysql-server-green"):
            for colour in COLOURS:
                found = cluster.python(stranger, LOGIN, host=host, password=cluster.password(colour))
                assert found == "OperationalError", (host, colour)


def test_in_the_mesh_a_pod_without_a_colour_is_refused_by_rule(mesh: Cluster):
    with mesh.stranger() as stranger:
        assert mesh.python(stranger, ASK, times=20, url="http://httpd-server/version") == ["HTTP 403"]


@pytest.mark.parametrize(("labels", "answer"), [({}, "no answer"), ({"sidecar.istio.io/inject": "true"}, "HTTP 403")])
def test_in_the_mesh_another_namespace_needs_a_certificate_and_then_leave(mesh: Cluster, labels, answer):
    """The network lets it through: what refuses is mTLS, and where there is a certificate the policy."""
    with mesh.stranger(where="default", **labels) as stranger:
        url = f"http://httpd-server-blue.{namespace()}/version"
        assert mesh.python(stranger, ASK, where="default", times=1, url=url) == [answer]
