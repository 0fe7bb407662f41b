import json
from xml.etree import ElementTree as ET

from click import unstyle

from app.live import BOTH
from app.results import Result
from app.verify.output import Row, as_json, junit, table

ROWS = [
    Row("blue host", Result.PASS, "blue only", "blue 20", 0.012),
    Row("green host", Result.FAIL, "green only", "blue <20>", 1.5),
    Row("blue peers", Result.NOT_CHECKED, "all blue", "PEER_URL is not set", 0.0),
]


def test_the_table_has_a_line_for_each_check_and_what_was_expected_where_it_failed():
    assert unstyle(table(ROWS, "green")).splitlines() == [
        "plain host: green",
        "",
        "pass         blue host   blue 20",
        "fail         green host  blue <20>",
        "                         expected: green only",
        "not checked  blue peers  PEER_URL is not set",
        "",
        "1 passed, 1 failed, 1 not checked",
    ]


def test_json_has_all_of_it():
    found = json.loads(json.dumps(as_json(ROWS, BOTH)))
    assert (found["passed"], found["failed"], found["not_checked"]) == (1, 1, 1)
    assert found["live"] == "both"
    assert [Row(**row) for row in found["checks"]] == ROWS


def test_junit_counts_what_failed_and_skips_what_was_not_checked():
    suite = ET.fromstring(junit(ROWS))
    assert suite.attrib.items() >= {"tests": "3", "failures": "1", "skipped": "1", "time": "1.512"}.items()
    cases = {case.get("name"): case for case in suite}
    assert [child.tag for case in suite for child in case] == ["system-out", "failure", "skipped"]
    assert [child.get("message") for child in cases["green host"]] == ["blue <20>"]
