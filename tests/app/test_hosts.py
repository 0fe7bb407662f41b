import pytest

from app.hosts import Host, parse_host


@pytest.mark.parametrize(
    ("header", "host"),
    [
        ("pii-demo.localhost:8080", Host(None, "localhost:8080")),
        ("PII-Demo-Blue.Apps.HL.test", Host("blue", "apps.hl.test")),
        ("pii-demo-green.apps.hl.test:30080", Host("green", "apps.hl.test:30080")),
        ("pii-demo", None),
        ("pii-demo-red.localhost", None),
        ("127.0.0.1:8080", None),
        ("evil.test/pii-demo.localhost", None),
        ("pii-demo.localhost:80@evil", None),
        ("", None),
    ],
)
def test_a_host_header_names_the_plain_host_or_a_colours(header, host):
    assert parse_host(header) == host


def test_the_other_hosts_are_in_the_same_domain_at_the_same_port():
    host = Host("blue", "localhost:8080")
    assert host.of("green") == "//pii-demo-green.localhost:8080"
    assert host.of(None) == "//pii-demo.localhost:8080"
