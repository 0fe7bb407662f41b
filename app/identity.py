"""Who am I: the colour, version, pod, namespace and node of this process.

In order of authority: the labels and annotations that Kubernetes' downward API writes to files (they can change while
the pod runs), the environment, and what the image was built as.
https://kubernetes.io/docs/concepts/workloads/pods/downward-api/
"""

import json
import socket
from dataclasses import dataclass
from pathlib import Path

from .colours import COLOURS
from .settings import Settings

COLOUR_LABEL = "version"
VERSION_LABEL = "app.kubernetes.io/version"


@dataclass(frozen=True)
class Identity:
    """What this process is. None where nobody said; `colour` is always the name of a known colour or None."""

    colour: str | None
    version: str | None
    pod: str
    namespace: str | None
    node: str | None
    image_colour: str | None
    remark: str | None  # one sentence where the sources disagree, or where there is no colour

    def headers(self) -> dict[str, str]:
        """The identity as the response headers that every response carries."""
        return {"X-App-Colour": self.colour or "none", "X-App-Version": self.version or "none", "X-App-Pod": self.pod}


class IdentitySource:
    """Gives the current identity; reads the downward API's files again only when they have changed."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._hostname = socket.gethostname()
        # Annotations first: where both name a key, the label has the last word.
        self._files = [settings.podinfo_dir / "annotations", settings.podinfo_dir / "labels"]
        self._seen: tuple[list[tuple[int, int]], Identity] | None = None

    def current(self) -> Identity:
        """The identity as of now."""
        state = [_state(file) for file in self._files]
        seen = self._seen
        if seen is None or seen[0] != state:
            seen = self._seen = (state, self._read())
        return seen[1]

    def _read(self) -> Identity:
        pod_info = {key: value for file in self._files for key, value in _pairs(file)}
        given = self._settings
        asked = pod_info.get(COLOUR_LABEL) or given.colour or given.image_colour
        return Identity(
            colour=asked if asked in COLOURS else None,
            version=pod_info.get(VERSION_LABEL) or given.version or given.image_version or None,
            pod=given.pod_name or self._hostname,
            namespace=given.pod_namespace or None,
            node=given.node_name or None,
            image_colour=given.image_colour or None,
            remark=_remark(asked, given.image_colour),
        )


def _remark(asked: str, image_colour: str) -> str | None:
    if not asked:
        return "Nobody told this process its colour: no pod label “version”, no COLOUR, no colour in the image."
    if asked not in COLOURS:
        return f"This process was told to be “{asked}”, which is not a colour it knows ({', '.join(COLOURS)})."
    if image_colour and image_colour != asked:
        return f"The image was built as {image_colour}, but this process runs as {asked}: what it runs as counts."
    return None


def _state(file: Path) -> tuple[int, int]:
    try:
        stat = file.stat()
    except OSError:
        return (0, 0)
    return (stat.st_ino, stat.st_mtime_ns)


def _pairs(file: Path) -> list[tuple[str, str]]:
    """The file's lines, each key="value" with the value quoted; a line of another form is passed over."""
    pairs = []
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return []
    for line in lines:
        key, _, quoted = line.partition("=")
        try:
            value = json.loads(quoted)
        except ValueError:
            continue
        if isinstance(value, str) and value.isascii() and value.isprintable():
            pairs.append((key, value))
    return pairs
