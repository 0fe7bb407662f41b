"""Inside the cluster: blue reaches blue alone, and who has no colour reaches nobody."""

import pytest

from tests.cluster.conftest import Cluster

COLOURS = [("blue", "green"), ("green", "blue")]

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
result = sorted({ask() for _ in range(20)})
"""


@pytest.mark.parametrize(("own", "other"), COLOURS)
def test_a_web_finds_its_image_its_database_and_its_peers_of_its_own_colour(cluster: Cluster, own, other):
    found = cluster.python(cluster.web(own), REPORT)
    assert found == {
        "image": ["pass", {own: 1}],
        "database": ["pass", {own: 1}],
        "peers": ["pass", {own: 10}],
    }


@pytest.mark.parametrize(("own", "other"), COLOURS)
def test_a_webs_login_on_the_other_colours_database_fails_even_with_its_password(cluster: Cluster, own, other):
    web = cluster.web(own)
    assert cluster.python(web, LOGIN, host=f"mysql-server-{own}", password=cluster.password(own)) == own
    assert (
        cluster.python(web, LOGIN, host=f"mysql-server-{other}", password=cluster.password(other)) == "OperationalError"
    )


@pytest.mark.parametrize(("own", "other"), COLOURS)
def test_a_web_reaches_no_web_of_the_other_colour(cluster: Cluster, own, other):
    assert cluster.python(cluster.web(own), ASK, url=f"http://httpd-server-{own}/version") == [own]
    [refused] = cluster.python(cluster.web(own), ASK, url=f"http://httpd-server-{other}/version")
    assert refused in {"HTTP 403", "HTTP 503", "no answer"}


@pytest.mark.parametrize(("own", "other"), COLOURS)
def test_in_the_mesh_the_shared_names_lead_to_the_callers_colour(mesh: Cluster, own, other):
    web = mesh.web(own)
    assert mesh.python(web, ASK, url="http://httpd-server/version") == [own]
    assert mesh.python(web, LOGIN, host="mysql-server", password=mesh.password(own)) == own


def test_a_pod_without_a_colour_logs_in_nowhere(cluster: Cluster):
    hosts = ["mysql-server", "mysql-server-blue", "mysql-server-green"]
    with cluster.stranger() as stranger:
        for host in hosts:
            for colour in ("blue", "green"):
                found = cluster.python(stranger, LOGIN, host=host, password=cluster.password(colour))
                assert found == "OperationalError", (host, colour)


def test_in_the_mesh_a_pod_without_a_colour_is_refused_by_rule(mesh: Cluster):
    with mesh.stranger() as stranger:
        assert mesh.python(stranger, ASK, url="http://httpd-server/version") == ["HTTP 403"]
