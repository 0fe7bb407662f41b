from math import comb

import pytest

from app.verify.routing import LEAST, MANY, MOST


def chance_to_be_taken_for_fair(share: float) -> float:
    """The chance that an edge which gives blue that share by lot is within the bounds: the binomial distribution."""
    return sum(comb(MANY, blue) * share**blue * (1 - share) ** (MANY - blue) for blue in range(LEAST, MOST + 1))


@pytest.mark.parametrize(
    ("chance", "runs"), [(1 - chance_to_be_taken_for_fair(0.5), 20_000), (chance_to_be_taken_for_fair(0.3), 76_000)]
)
def test_the_bounds_are_as_good_as_their_comment_says(chance, runs):
    assert 0.95 < 1 / chance / runs < 1.05
