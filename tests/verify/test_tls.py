"""`verify` by https, through a real Envoy that ends TLS: with the certificate that it should have, and with others."""

from contextlib import closing
from pathlib import Path

import httpx
import pytest

from app.colours import COLOURS
from app.hosts import host_name
from app.verify.edge import Edge
from app.verify.outcomes import Failed
from app.verify.state import stay
from app.verify.tls import trusting
from tests.support.certificates import Authority
from tests.support.edges import Configuration, edge
from tests.support.one_machine import free_port
from tests.support.verifying import failed, rows, verify

DOMAIN = "localhost"
HOSTS = [host_name(colour, DOMAIN) for colour in (None, *COLOURS)]


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


@pytest.fixture
def encrypted(one_machine, tmp_path, authority):
    """An edge with a certificate of the authority for these names; gives its address."""

    def start(*names: str, served=HOSTS, **options):
        certificate = authority.issue(*(names or HOSTS), **options)
        return edge(one_machine, tmp_path, lambda given: given.encrypt(*certificate, *served))

    return start


def problem(via: str, *options: str) -> str:
    """The one line that says why nothing was checked."""
    code, found = rows(via, "--domain", DOMAIN, *options)
    assert (code, failed(found)) == (2, {"edge"})
    return str(found["edge"]["found"])


def trusted(authority: Authority) -> list[str]:
    return ["--cacert", str(authority.certificate)]


def test_all_checks_pass(encrypted, authority):
    with encrypted() as via:
        run = verify(via, "--domain", DOMAIN, *trusted(authority))
    assert run.returncode == 0, run.stdout
    assert run.stdout.splitlines()[-1] == "25 passed, 0 failed, 4 not checked"


def test_the_certificate_may_be_one_for_all_names_of_the_domain(encrypted, authority):
    with encrypted("*.apps.hl.test", served=["*.apps.hl.test", *HOSTS]) as via:
        assert rows(via, "--domain", "APPS.hl.test", *trusted(authority))[0] == 0


def test_an_unknown_ca_is_told_what_to_name(encrypted):
    with encrypted() as via:
        assert (
            problem(via)
            == "no CA that is trusted here has signed the certificate; name the file of its CA with --cacert"
        )


def test_another_ca_is_told_the_same(encrypted, tmp_path):
    with encrypted() as via:
        assert "no CA that is trusted here" in problem(via, *trusted(Authority(tmp_path, "another")))


def test_a_certificate_for_another_name_is_told_which_it_must_name(encrypted, authority):
    with encrypted("pii-demo.example.org", "127.0.0.1") as via:
        assert problem(via, *trusted(authority)).startswith(
            "the certificate is not for pii-demo.localhost; it must name"
        )


def test_a_certificate_that_lacks_a_colours_host_names_it(encrypted, authority):
    with encrypted("pii-demo.localhost", "pii-demo-blue.localhost") as via:
        assert "not for pii-demo-green.localhost" in problem(via, *trusted(authority))


def test_an_expired_certificate_is_said_to_be_so(encrypted, authority):
    with encrypted(days=0) as via:
        assert problem(via, *trusted(authority)) == "the certificate has expired; renew it"


def test_an_edge_that_has_no_certificate_for_a_host_names_it(encrypted, authority):
    with encrypted(served=["pii-demo.localhost", "pii-demo-green.localhost"]) as via:
        assert "ends the TLS handshake for pii-demo-blue.localhost" in problem(via, *trusted(authority))


def test_an_edge_that_speaks_plain_http_is_said_to_do_so(one_machine):
    assert "no TLS is spoken there" in problem(one_machine.address.replace("http", "https"))


def test_nobody_there_is_not_told_to_make_run(tmp_path):
    via = f"https://127.0.0.1:{free_port()}"
    assert problem(via) == f"nobody answers at {via}"


def redirect(given: Configuration) -> None:
    for name in ("plain", *COLOURS):
        given.hosts[name]["require_tls"] = "ALL"


def test_plain_http_that_is_redirected_is_told_to_use_https(one_machine, tmp_path):
    """As Istio's httpsRedirect does; it keeps the port of the request."""
    ask = httpx.Client(headers={"Host": "pii-demo.localhost:31380"})
    with edge(one_machine, tmp_path, redirect) as via, ask:
        assert problem(via).startswith("HTTP 301 to https; use --via https://")
        assert ask.get(via).headers["Location"] == "https://pii-demo.localhost:31380/"


@pytest.mark.parametrize("file", ["/nowhere.pem", __file__])
def test_a_file_without_certificates_is_refused(file):
    refused = verify("https://127.0.0.1", "--cacert", file)
    assert refused.returncode == 2
    assert f"{file} is not a file of certificates in PEM format" in refused.stderr


def test_the_cookie_must_be_the_one_that_no_other_host_can_set(one_machine, tmp_path, authority):
    """Without the browser's Origin, the web server does not know that it came by https."""

    def change(given: Configuration) -> None:
        given.encrypt(*authority.issue(*HOSTS), *HOSTS)
        given.routes["resources"][0]["request_headers_to_remove"] = ["origin"]

    with edge(one_machine, tmp_path, change) as via:
        code, found = rows(via, "--domain", DOMAIN, *trusted(authority))
    assert (code, failed(found)) == (1, {"blue form", "green form", "plain host, write"})
    assert found["plain host, write"]["found"] == "no cookie __Host-pii-demo-colour"


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_the_cookie_must_be_secure_by_https_and_only_by_https(one_machine, tmp_path, authority, scheme):
    cookie = "__Host-pii-demo-colour=%RESP(x-app-colour)%; HttpOnly; Path=/; SameSite=Lax"
    if scheme == "http":
        cookie = f"{cookie.removeprefix('__Host-')}; Secure"

    def change(given: Configuration) -> None:
        if scheme == "https":
            given.encrypt(*authority.issue(*HOSTS), *HOSTS)
        given.hosts["plain"]["response_headers_to_remove"] = ["set-cookie"]
        given.hosts["plain"]["response_headers_to_add"] = [{"header": {"key": "set-cookie", "value": cookie}}]

    trust = trusting(str(authority.certificate))
    with (
        edge(one_machine, tmp_path, change) as via,
        closing(Edge(via, DOMAIN, trust=trust)) as asked,
        pytest.raises(Failed, match=f"by {scheme}, the cookie is {'not ' if scheme == 'https' else ''}Secure"),
    ):
        stay(asked)


def test_nothing_binds_a_browser_to_https(encrypted, authority):
    with encrypted() as via, closing(Edge(via, DOMAIN, trust=trusting(str(authority.certificate)))) as asked:
        for path in ("/", "/version", "/nowhere"):
            assert "strict-transport-security" not in asked.ask(asked.host(None), path).headers
