"""The document says what the API does: its addresses, its rules, and what generated requests get from a real server."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from app.fields import FIELDS
from app.users import Invalid, check_json
from app.web.openapi import DOCUMENT, ETAGS
from tests.support.examples import ADA_JSON as ADA
from tests.support.web_server import web_server

SCHEMATHESIS = Path(sys.executable).with_name("schemathesis")
DETAILS = DOCUMENT["components"]["schemas"]["Details"]


def accepts(changes: dict[str, object]) -> bool:
    """Whether the rules accept Ada with these changes."""
    try:
        check_json(ADA | changes)
    except Invalid:
        return False
    return True


def test_it_is_served_as_json(client):
    assert client.get("/api/openapi.json").json == DOCUMENT


def test_it_has_each_address_of_the_api_and_no_other(make_app):
    served = {
        (rule.rule.replace("<uuid:id>", "{id}"), method.lower())
        for rule in make_app().url_map.iter_rules()
        for method in rule.methods - {"HEAD", "OPTIONS"}
        if rule.rule.startswith("/api/v1/")
    }
    assert served == {
        (path, method) for path, methods in DOCUMENT["paths"].items() for method in methods if method != "parameters"
    }


def test_it_has_what_can_be_asked_for_beside_the_body():
    asked = {
        operation["operationId"]: {parameter["name"] for parameter in operation.get("parameters", [])}
        for methods in DOCUMENT["paths"].values()
        for method, operation in methods.items()
        if method != "parameters"
    }
    assert asked == {
        "findUsers": {"location", "match", "after"},
        "createUser": {"Idempotency-Key"},
        "getUser": set(),
        "replaceUser": {"If-Match"},
        "deleteUser": {"If-Match"},
        "getColours": set(),
    }


@pytest.mark.parametrize("etags", ["*", '"1"', 'W/"1"', '"1", "2"', '"1",W/"2"', '""'])
def test_its_pattern_takes_every_list_of_etags(etags):
    assert re.fullmatch(ETAGS["pattern"], etags)


def test_it_has_the_fields_and_no_other():
    assert list(DETAILS["properties"]) == [field.name for field in FIELDS]
    with pytest.raises(Invalid) as invalid:
        check_json({})
    assert set(DETAILS["required"]) == invalid.value.messages.keys()


def test_its_pattern_refuses_the_characters_that_the_rules_refuse():
    pattern = DETAILS["properties"]["firstname"]["pattern"]
    for character in [*map(chr, range(0xA1)), "\u2028", "\u2029", "é", "🦊"]:
        name = f"a{character}b"
        assert bool(re.fullmatch(pattern, name)) == accepts({"firstname": name}), ascii(character)


@pytest.mark.parametrize("name", ["firstname", "lastname", "location"])
def test_its_limits_are_those_of_the_rules(name):
    limits = DETAILS["properties"][name]
    assert accepts({name: "x" * limits["maxLength"]})
    assert not accepts({name: "x" * (limits["maxLength"] + 1)})
    assert accepts({name: ""}) == (limits["minLength"] == 0)


def test_its_oldest_age_is_that_of_the_rules():
    oldest = DETAILS["properties"]["age"]["maximum"]
    assert accepts({"age": oldest})
    assert not accepts({"age": oldest + 1})


@pytest.mark.timeout(300)
def test_generated_requests_get_what_the_document_says(tmp_path):
    """Schemathesis: valid and invalid ones, at random and following the document's links."""
    with web_server({"DATA_DIR": str(tmp_path)}) as server:
        run = subprocess.run(
            [
                *(SCHEMATHESIS, "--config-file", Path(__file__).with_name("schemathesis.toml")),
                *("run", f"http://{server.address}/api/openapi.json", "--no-color", "--max-examples", "12"),
            ],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
    assert run.returncode == 0, run.stdout + run.stderr
    assert "6 selected / 6 total" in run.stdout
