"""`verify` against real Envoys, configured rightly and wrongly: the exit code, and just the rows that are wrong."""

import socket
from contextlib import closing
from xml.etree import ElementTree as ET

import httpx
import pytest
from click.testing import CliRunner
from flask import Flask, request

from app.live import BOTH, Live
from app.verify import command
from app.verify.edge import Edge
from app.verify.outcomes import Failed
from app.verify.routing import shares
from tests.support.edges import Configuration, edge, edge_with_blue
from tests.support.one_machine import free_port
from tests.support.verifying import failed, rows, verify
from tests.support.web_server import web_server


def spelled(*hosts: str) -> set[str]:
    return {f"{host}{how}" for host in hosts for how in ("", " with a port", " with the node port", " in mixed case")}


def swap_subsets(given: Configuration) -> None:
    for colour, endpoint in given.endpoints.items():
        endpoint["metadata"]["filter_metadata"]["envoy.lb"]["version"] = "green" if colour == "blue" else "blue"


def swap_hosts(given: Configuration) -> None:
    given.hosts["blue"]["routes"], given.hosts["green"]["routes"] = (
        given.hosts["green"]["routes"],
        given.hosts["blue"]["routes"],
    )


def drop_the_cookie_rule(given: Configuration) -> None:
    given.hosts["plain"]["routes"] = given.hosts["plain"]["routes"][-1:]


def take_green_down(given: Configuration) -> None:
    given.endpoints["green"]["endpoint"]["address"] = {"pipe": {"path": "/nowhere"}}


def give_blue_30_and_green_70(given: Configuration) -> None:
    given.endpoints["blue"]["load_balancing_weight"], given.endpoints["green"]["load_balancing_weight"] = 3, 7


def let_any_host_in(given: Configuration) -> None:
    given.hosts["unknown"]["routes"] = given.hosts["plain"]["routes"]


def match_the_port(given: Configuration) -> None:
    given.routes["resources"][0]["ignore_port_in_host_matching"] = False


def rewrite_the_host(given: Configuration) -> None:
    for route in given.hosts["blue"]["routes"]:
        route["route"] = route["route"] | {"host_rewrite_literal": "httpd-server"}


def drop_the_cookie(given: Configuration) -> None:
    given.hosts["plain"]["response_headers_to_remove"] = ["set-cookie"]


def open_the_cookie_to_scripts(given: Configuration) -> None:
    drop_the_cookie(given)
    cookie = {"key": "set-cookie", "value": "pii-demo-colour=%RESP(x-app-colour)%; Path=/; SameSite=Lax"}
    given.hosts["plain"]["response_headers_to_add"] = [{"header": cookie}]


def drop_the_origin(given: Configuration) -> None:
    given.routes["resources"][0]["request_headers_to_remove"] = ["origin"]


def drop_if_match(given: Configuration) -> None:
    given.routes["resources"][0]["request_headers_to_remove"] = ["if-match"]


def drop_the_idempotency_key(given: Configuration) -> None:
    given.routes["resources"][0]["request_headers_to_remove"] = ["idempotency-key"]


def listen_on_ipv6_too(given: Configuration) -> None:
    [listener] = given.envoy["static_resources"]["listeners"]
    address = {"socket_address": {"address": "::1", "port_value": given.port}}
    listener["additional_addresses"] = [{"address": address}]


def lead_blue_to_green(given: Configuration) -> None:
    given.hosts["blue"]["routes"] = given.hosts["green"]["routes"]


GREEN = {"green form", "green users", "blue users"} | spelled("green host")
WRONG = {
    swap_hosts: spelled("blue host", "green host"),
    swap_subsets: spelled("blue host", "green host")
    | {"plain host, cookie blue", "plain host, cookie green", "plain host, write"},
    drop_the_cookie_rule: {"plain host, cookie blue", "plain host, cookie green", "plain host, write"},
    take_green_down: GREEN
    | spelled("plain host")
    | {"plain host shares", "plain host, cookie green", "plain host, cookie red"},
    give_blue_30_and_green_70: {"plain host shares"},
    let_any_host_in: {"unknown host"},
    match_the_port: {"blue form", "green form"}
    | {f"{host} host with {port}" for host in ("plain", "blue", "green") for port in ("a port", "the node port")},
    rewrite_the_host: {"blue form"},
    drop_the_cookie: {"plain host, write"},
    open_the_cookie_to_scripts: {"plain host, write"},
    drop_the_origin: {f"{colour} form" for colour in ("blue", "green")},
    drop_if_match: {f"{colour} users" for colour in ("blue", "green")},
    drop_the_idempotency_key: {f"{colour} users" for colour in ("blue", "green")},
    lead_blue_to_green: spelled("blue host") | {"blue users", "green users"},
}


def left_behind(machine) -> list[str]:
    """The users that `verify` created and did not delete, through a right edge."""
    users = []
    for colour in ("blue", "green"):
        with machine.client(f"pii-demo-{colour}.localhost") as client:
            users += client.get("/api/v1/users").json()["users"]
    return [user["id"] for user in users if user["email"] == "verify@example.org"]


def test_a_right_edge_passes(one_machine, tmp_path):
    with edge(one_machine, tmp_path) as address:
        code, found = rows(address)
    assert (code, failed(found)) == (0, set())
    assert found["plain host shares"]["found"] == "blue 200, green 200"


def test_an_edge_at_an_ipv6_address_passes(one_machine, tmp_path):
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        pytest.skip("no IPv6: give the loopback the address ::1")
    with edge(one_machine, tmp_path, listen_on_ipv6_too) as address:
        code, found = rows(address.replace("127.0.0.1", "[::1]"))
    assert (code, failed(found)) == (0, set())


@pytest.mark.parametrize("change", WRONG, ids=lambda change: change.__name__)
def test_a_wrong_edge_fails_in_the_rows_that_are_wrong(one_machine, tmp_path, change):
    before = left_behind(one_machine)
    with edge(one_machine, tmp_path, change) as address:
        code, found = rows(address)
    assert (code, failed(found)) == (1, WRONG[change])
    assert left_behind(one_machine) == before


def test_a_colour_that_is_down_is_said_to_be_so(one_machine, tmp_path):
    with edge(one_machine, tmp_path, take_green_down) as address:
        _, found = rows(address)
    assert found["green host"]["found"] == "HTTP 503 20"
    assert found["green database"]["result"] == "not checked"
    assert found["green database"]["found"] == "green does not answer on its host, but HTTP 503"


@pytest.mark.parametrize(("live", "code"), [("green", 0), ("blue", 1)])
def test_a_plain_host_that_is_switched(one_machine, tmp_path, live, code):
    with edge(one_machine, tmp_path, live=Live("green")) as address:
        assert rows(address, "--live", live)[0] == code
        unasked = verify(address)
    assert unasked.returncode == 0
    assert unasked.stdout.splitlines()[0] == "plain host: green"


GREEN_10 = Live("green", 10)


@pytest.mark.parametrize(("options", "code"), [([], 0), (["--share", "10"], 0), (["--share", "50"], 1)])
def test_a_plain_host_of_which_a_share_is_switched(one_machine, tmp_path, options, code):
    with edge(one_machine, tmp_path, live=GREEN_10) as address:
        found = verify(address, *options)
    assert found.returncode == code, found.stdout
    if code == 0:
        assert found.stdout.splitlines()[0] == "plain host: blue, with 10% of new visitors on green"


@pytest.mark.parametrize(
    ("colour", "share", "said", "expected"),
    [
        (None, None, BOTH, BOTH),
        (None, None, GREEN_10, GREEN_10),
        (None, 20, GREEN_10, Live("green", 20)),
        ("blue", 10, GREEN_10, Live("blue", 10)),
        ("blue", 10, BOTH, Live("blue", 10)),
        ("green", None, GREEN_10, Live("green")),
        ("green", None, BOTH, Live("green")),
    ],
)
def test_options_demand_more_than_the_edge_says(colour, share, said, expected):
    assert command.demanded(colour, share, said) == expected


def give_green_half_of_it(given: Configuration) -> None:
    clusters = given.hosts["plain"]["routes"][-1]["route"]["weighted_clusters"]["clusters"]
    for cluster in clusters:
        cluster["weight"] = 50


def test_another_share_than_the_edge_says_fails(one_machine, tmp_path):
    with (
        edge(one_machine, tmp_path, give_green_half_of_it, live=GREEN_10) as address,
        closing(Edge(address, "localhost")) as asked,
        pytest.raises(Failed, match=r"blue \d+, green \d+$"),
    ):
        shares(GREEN_10, asked)


def test_a_share_of_no_colour_is_2(one_machine):
    asked = verify(one_machine.address, "--share", "10")
    assert asked.returncode == 2
    assert "--share: the edge names no colour; add one, such as --live green" in asked.stderr


def fail_one_in_twenty(given: Configuration) -> None:
    given.hosts["plain"]["routes"][-1]["typed_per_filter_config"] = {
        "envoy.filters.http.fault": {
            "@type": "type.googleapis.com/envoy.extensions.filters.http.fault.v3.HTTPFault",
            "abort": {"http_status": 500, "percentage": {"numerator": 5}},
        }
    }


def test_a_share_of_errors_fails_even_if_both_colours_have_theirs(one_machine, tmp_path):
    with (
        edge(one_machine, tmp_path, fail_one_in_twenty) as address,
        closing(Edge(address, "localhost")) as asked,
        pytest.raises(Failed, match=r"HTTP 500 \d+, blue \d+, green \d+$"),
    ):
        shares(BOTH, asked)


def say_green_is_live(given: Configuration) -> None:
    given.routes["resources"][0]["response_headers_to_add"][0]["header"]["value"] = "green"


def test_an_edge_that_says_another_thing_than_it_does_fails(one_machine, tmp_path):
    with edge(one_machine, tmp_path, say_green_is_live) as address:
        assert spelled("plain host") <= failed(rows(address)[1])


def drop_the_port(given: Configuration) -> None:
    [listener] = given.envoy["static_resources"]["listeners"]
    listener["filter_chains"][0]["filters"][0]["typed_config"]["strip_any_host_port"] = True


def test_a_proxy_that_drops_the_port_fails_in_the_forms_and_is_told_what_to_set(one_machine, tmp_path):
    with edge(one_machine, tmp_path, drop_the_port) as address:
        code, found = rows(address)
    assert (code, failed(found)) == (1, {"blue form", "green form"})
    assert "proxy_set_header Host $http_host" in found["blue form"]["found"]


def test_a_proxy_that_asks_by_http_1_0_is_told_what_to_set(serve):
    app = Flask("an edge that refuses HTTP/1.0")
    app.before_request(lambda: ("", 426))
    _, found = rows(serve(app))
    assert (
        "HTTP 426 (a proxy asks the edge by HTTP/1.0; in nginx: proxy_http_version 1.1)" in found["blue host"]["found"]
    )


def test_a_blue_web_server_on_greens_database_fails_and_names_green(one_machine, tmp_path):
    with web_server({"COLOUR": "green", "DATA_DIR": str(tmp_path)}) as green:
        httpx.get(f"http://{green.address}/readyz").raise_for_status()
    for file in tmp_path.glob("green.sqlite3*"):
        file.rename(file.with_name(file.name.replace("green", "blue")))
    with (
        web_server({"DATA_DIR": str(tmp_path)}) as blue,
        edge_with_blue(one_machine, tmp_path, f"http://{blue.address}") as address,
    ):
        code, found = rows(address)
    assert code == 1
    assert {"blue database", "blue users"} <= failed(found)
    assert "This is blue, but the database belongs to green" in found["blue database"]["found"]


def test_a_blue_web_server_that_green_web_servers_answer_fails_and_names_green(one_machine, tmp_path):
    (tmp_path / "mesh").mkdir()
    with (
        edge(one_machine, tmp_path / "mesh", let_any_host_in) as mesh,
        web_server({"DATA_DIR": str(tmp_path), "PEER_URL": f"{mesh}/version"}) as blue,
        edge_with_blue(one_machine, tmp_path, f"http://{blue.address}") as address,
    ):
        code, found = rows(address)
    assert (code, failed(found)) == (1, {"blue peers"})
    assert "5 of 10 requests" in found["blue peers"]["found"]
    assert "green (5)" in found["blue peers"]["found"]


def test_nobody_there_is_2(tmp_path):
    port = free_port()
    run = verify(f"http://127.0.0.1:{port}")
    assert run.returncode == 2
    assert f"nobody answers at http://127.0.0.1:{port}; start both colours with: make run PORT={port}" in run.stdout


def test_make_run_is_no_advice_for_another_machine():
    run = verify("http://pii-demo.invalid")
    assert run.returncode == 2
    assert "make run" not in run.stdout


OPTIONS = [
    *(["--via", via] for via in ("127.0.0.1:80", "ftp://a", "http://", "http://a:99999", "http://a..b")),
    ["--via", f"http://{'a' * 64}"],
    *(["--via", via] for via in ("http://a/b", "http://a?x=1", "http://a#x", "http://user:pw@a")),
    *(["--via", via] for via in ("http://[::1", "http://[:::]", "http://::1")),
    ["--cacert", "/nowhere/at/all"],
    *(["--domain", domain] for domain in ("", "ünï.test", "a b", "a/b")),
    *(["--timeout", seconds] for seconds in ("0", "-1", "nan", "soon")),
    ["--live", "red"],
    *(["--share", share] for share in ("0", "100", "ten")),
    ["--junit", "/nowhere/at/all"],
]


@pytest.mark.parametrize("options", OPTIONS)
def test_wrong_options_are_2(options):
    run = CliRunner().invoke(command.verify, options)
    assert run.exit_code == 2
    assert "Invalid value" in run.stderr


def test_nobody_there_is_a_failure_in_json_and_junit(tmp_path):
    file = tmp_path / "junit.xml"
    code, found = rows(f"http://127.0.0.1:{free_port()}", "--junit", str(file))
    assert (code, failed(found)) == (2, {"edge"})
    assert ET.parse(file).getroot().get("failures") == "1"


@pytest.mark.parametrize(
    "body",
    ["[" * 200_000, '{"id": "\\ud800", "checks": [{"name": 1}]}', "null", "<html>"],
    ids=["deep", "odd", "null", "html"],
)
def test_strangers_fail_with_printable_words_and_no_traceback(serve, tmp_path, body):
    """Another application at the address, and one that means harm."""
    app = Flask("stranger")
    headers = {"X-App-Colour": "blue", "X-App-Pod": "\x1b[31mred\x07", "Location": "/€", "Content-Type": "text/html"}
    headers = {name: value.encode().decode("latin-1") for name, value in headers.items()}
    app.before_request(lambda: (body, 201 if request.method == "POST" else 200, headers))
    code, found = rows(serve(app), "--junit", str(tmp_path / "junit.xml"))
    assert code == 1
    assert all(row["found"].isprintable() for row in found.values())
    ET.parse(tmp_path / "junit.xml")
