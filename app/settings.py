"""The environment, read once and typed. No other module reads `os.environ`."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Self


class SettingsError(ValueError):
    """A setting has a value that the application cannot work with; the message says which and why."""


@dataclass(frozen=True)
class Settings:
    """One field per environment variable: the field's name in upper case. Empty means not set."""

    colour: str = ""
    version: str = ""
    pod_name: str = ""
    pod_namespace: str = ""
    node_name: str = ""
    image_colour: str = ""
    image_version: str = ""
    podinfo_dir: Path = Path("/etc/podinfo")
    data_dir: Path = Path("var")

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] = os.environ) -> Self:
        """Read the settings. Raises SettingsError for a value that could not be sent in a response header."""
        given: dict[str, Any] = {}
        for field in fields(cls):
            value = environ.get(field.name.upper(), "").strip()
            if field.type is str and not (value.isascii() and value.isprintable()):
                raise SettingsError(f"{field.name.upper()} must be printable ASCII, not {value!r}")
            if value:
                given[field.name] = Path(value) if field.type is Path else value
        return cls(**given)
