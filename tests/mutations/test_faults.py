import shutil

import pytest

from tests.mutations.__main__ import faults
from tests.support.one_machine import ROOT


@pytest.mark.parametrize("fault", faults(), ids=lambda fault: fault.name)
def test_a_fault_can_be_planted(fault, tmp_path):
    (tmp_path / fault.file).parent.mkdir(parents=True)
    shutil.copy2(ROOT / fault.file, tmp_path / fault.file)
    fault.plant(tmp_path)
