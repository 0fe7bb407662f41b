"""Whatever bytes are sent: an answer or the end, nothing of it in a log, nothing stored but what was acknowledged."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from .answers import Answer, check_ours
from .budget import failing_at, fuzz
from .conversations import Conversation, answers, converse
from .servers import Served, straight, through_envoy
from .values import MARK, abridged
from .wire import Kind, clients

BATCH = 60
# What Envoy answers by itself, to what it cannot read or does not know.
ENVOY_ANSWERS = {400, 403, 404, 413, 414, 426, 431, 501, 505}
SETTINGS = pytest.mark.parametrize(
    "served", [straight, through_envoy], indirect=True, ids=["straight", "through Envoy"]
)


@pytest.fixture(scope="module")
def served(request, tmp_path_factory):
    """A server with data of its own."""
    with request.param(tmp_path_factory.mktemp("fuzz")) as server:
        yield server


@SETTINGS
@fuzz(share=0.35, batch=BATCH)
@given(sent=st.lists(clients, min_size=BATCH, max_size=BATCH))
def test_whatever_is_sent_gets_an_answer_of_ours_or_a_closed_connection(served: Served, sent):
    conversations = converse(served.port, sent)
    stored = served.stored()
    for one in conversations:
        with failing_at((one.client, abridged(bytes(one.received)))):
            check(one, answers(one), stored, served.edge)
    with failing_at(sent):
        check_output(served.printed())
        served.check_it_lives()


def check(one: Conversation, given: list[Answer], stored: set[str], edge: bool) -> None:
    for answer in given:
        assert answer.status < 500 or answer.status in {501, 505}
        if answer.is_ours() or not edge:
            check_ours(answer)
        else:
            assert answer.status in ENVOY_ANSWERS
    if one.client.kind in {Kind.SOUND, Kind.STORED}:
        assert given
        assert given[0].is_ours() or given[0].status == 404  # of a host that Envoy does not know
    if one.client.kind is Kind.STORED:
        assert one.id in stored
    if one.client.kind is Kind.REFUSED:
        assert all(400 <= answer.status < 500 or answer.status == 501 for answer in given[:1])
        assert one.id not in stored
    acknowledged = {id for answer in given for id in re.findall(r"[0-9a-f-]{36}", answer.header("location"))}
    deleted = {one.id} if any(answer.status == 204 for answer in given) else set()
    assert acknowledged - deleted <= stored
    # One who has left may not have got the answer through Envoy, which hangs up at once.
    if one.id in stored and not (edge and one.cut):
        assert one.id in acknowledged


def check_output(text: str) -> None:
    assert MARK.lower() not in text.lower()
    assert "Traceback" not in text
    assert '"ERROR"' not in text
