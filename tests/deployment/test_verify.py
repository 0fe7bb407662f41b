"""`verify` against each way to start both colours: the one set of checks."""

import pytest

from app.verify.checks import all_checks
from tests.support.verifying import rows

DOMAINS = ["apps.hl.test", "localhost"]


@pytest.fixture(scope="module", params=["one_machine", "containers"])
def verified(request):
    """The rows, by name, for each domain, and what this way to start them cannot have."""
    deployment = request.getfixturevalue(request.param)
    absent = {"image", "peers"} if request.param == "one_machine" else set()
    return {domain: rows(deployment.address, "--domain", domain)[1] for domain in DOMAINS}, absent


@pytest.mark.parametrize("domain", DOMAINS)
@pytest.mark.parametrize("name", [check.name for check in all_checks()])
def test_each_check_passes(verified, domain, name):
    found, absent = verified
    row = found[domain][name]
    assert row["result"] == ("not checked" if name.split()[1] in absent else "pass"), row
