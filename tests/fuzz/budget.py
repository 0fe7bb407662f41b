"""How many requests the fuzz run sends: FUZZ_CASES of them over all its tests, 2,500 by default."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings

from .values import abridged

CASES = int(os.environ.get("FUZZ_CASES", "2500"))
SLOWEST = 0.05  # seconds for each case, on a machine that has other work, too


def fuzz(share: float, batch: int) -> Callable[[Any], Any]:
    """Run a test with so many batches that it sends its share of the cases, different ones each time."""
    batches = max(1, round(CASES * share / batch))
    hypothesis = settings(
        max_examples=batches,
        derandomize=False,
        print_blob=True,
        deadline=None,
        # To make a batch small takes minutes; what fails names the one request that it failed at.
        report_multiple_bugs=False,
        phases=[Phase.reuse, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    timeout = pytest.mark.timeout(120 + CASES * share * SLOWEST)
    long = pytest.mark.filterwarnings("ignore:Generating overly large repr")
    return lambda test: long(timeout(hypothesis(test)))


@contextmanager
def failing_at(case: object) -> Iterator[None]:
    """Say of a failure which case it is about."""
    try:
        yield
    except Exception as error:
        error.add_note(f"It failed at {abridged(case, 4000)}")
        raise
