"""Whatever is asked of the pages and the API: the same from both databases, no 500, and nothing refused is stored."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from .answers import Answer, check_ours
from .asked import Asked, requests
from .budget import failing_at, fuzz
from .headers import IMPOSSIBLE_HOSTS
from .rows import Rows, broken_rules
from .twins import Twin, comparable, logged, twins
from .values import MARK

BATCH = 10
SAFE = {"GET", "HEAD", "OPTIONS", "TRACE"}


@pytest.fixture(scope="module")
def both(tmp_path_factory, mysql_servers):
    """Blue on SQLite and on MySQL."""
    with twins(tmp_path_factory.mktemp("fuzz"), mysql_servers["blue"]) as made:
        yield made


@fuzz(share=0.3, batch=BATCH)
@given(asked=st.lists(requests, min_size=BATCH, max_size=BATCH))
def test_any_sequence_of_requests_is_answered_alike_and_stores_only_what_it_accepts(both, asked):
    for twin in both:
        twin.start_again()
    before = rows_of_both(both)
    for request in asked:
        with failing_at(request):
            with logged() as lines:
                answers = [twin.ask(request) for twin in both]
            check_log("\n".join(lines))
            for answer in answers:
                check_ours(answer)
                assert answer.status < 500
            if dict(request.headers).get("Host") in IMPOSSIBLE_HOSTS:
                assert answers[0].status == 400
            one, other = (comparable(twin, answer, request) for twin, answer in zip(both, answers, strict=True))
            assert one == other
            after = rows_of_both(both)
            check_rows(request, answers[0], before, after)
            before = after


def rows_of_both(both: tuple[Twin, Twin]) -> Rows:
    one, other = (twin.rows() for twin in both)
    # An id that the client did not choose is random.
    assert sorted(map(str, (row[1:] for row in one))) == sorted(map(str, (row[1:] for row in other)))
    return one


def check_rows(asked: Asked, answer: Answer, before: Rows, after: Rows) -> None:
    """Refused is not stored, created is; what is stored keeps to the rules."""
    if answer.status >= 400 or asked.method in SAFE:
        assert after == before
    if answer.status == 201:
        told = answer.json()
        [row] = [row for row in after if row[0] == told["id"]]
        names = ("id", "revision", "firstname", "lastname", "email", "age", "location")
        assert row == tuple(told[name] for name in names)
    assert {row[0]: broken_rules(row) for row in set(after) - set(before) if broken_rules(row)} == {}


def check_log(text: str) -> None:
    assert MARK.lower() not in text.lower()
    assert "ERROR" not in text
    assert "Traceback" not in text
