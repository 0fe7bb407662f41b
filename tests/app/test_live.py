import pytest

from app.colours import COLOURS
from app.live import BOTH, LABELS, Live, parse_live


@pytest.mark.parametrize("live", [BOTH, Live("blue"), Live("green", 1), Live("green", 99)], ids=str)
def test_what_is_live_survives_the_header(live):
    assert parse_live(str(live)) == live


@pytest.mark.parametrize("said", [None, "", "red", "Both", "green=", "green=0", "green=100", "both=10", "green=10\n"])
def test_anything_else_is_nothing_that_our_edge_says(said):
    assert parse_live(said) is None


def test_a_metric_is_told_it_in_few_words():
    assert {Live(colour, share).label for colour in COLOURS for share in (None, 1, 99)} | {BOTH.label} == set(LABELS)


def test_everybody_and_new_visitors_are_told_apart():
    assert (BOTH.only, Live("green").only, Live("green", 10).only) == (None, "green", None)
    assert BOTH.shares() == {"blue": 0.5, "green": 0.5}
    assert Live("green").shares() == {"green": 1}
    assert Live("green", 10).shares() == {"blue": 0.9, "green": 0.1}
