from math import comb

import pytest

from app.verify.routing import MANY, bounds


def chance_to_be_taken_for(expected: float, share: float) -> float:
    """The chance that an edge which gives blue one share by lot passes for one that gives another: binomial."""
    least, most = bounds(expected)
    return sum(comb(MANY, blue) * share**blue * (1 - share) ** (MANY - blue) for blue in range(least, most + 1))


@pytest.mark.parametrize(
    ("chance", "runs"), [(1 - chance_to_be_taken_for(0.5, 0.5), 20_000), (chance_to_be_taken_for(0.5, 0.3), 76_000)]
)
def test_the_bounds_are_as_good_as_their_comment_says(chance, runs):
    assert 0.95 < 1 / chance / runs < 1.05


def test_the_smaller_a_share_the_narrower_its_bounds():
    assert [bounds(share) for share in (0.5, 0.1, 0.01)] == [(160, 240), (16, 64), (0, 12)]
