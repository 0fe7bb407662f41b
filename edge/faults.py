"""What can be broken on purpose."""

from pathlib import Path
from typing import Any

import yaml

FAULTS: dict[str, dict[str, Any]] = yaml.safe_load(Path(__file__).with_suffix(".yaml").read_text(encoding="utf-8"))
FAULT_HEADER = "x-edge-fault"  # in responses while something is broken, so that nobody hunts for it
BROKEN = "blue"  # the colour whose web server gets other settings
