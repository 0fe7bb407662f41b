"""Who am I: the colour, version, pod, namespace and node of this process.

In order of authority: the labels and annotations that Kubernetes' downward API writes to files (they can change while
the pod runs), the environment, and what the image was built as.
https://kubernetes.io/docs/concepts/workloads/pods/downward-api/
"""

import json
import socket
from dataclasses import dataclass
from pathlib import Path

from .colours import COLOURS, NO_COLOUR
from .settings import Settings

COLOUR_LABEL = "version"
VERSION_LABEL = "app.kubernetes.io/version"


@dataclass(frozen=True)
class Identity:
    """What this process is; None for what is not configured. `colour` is the name of a known colour, or None."""

    colour: str | None
    version: str | None
    pod: str
    namespace: str | None
    node: str | None
    image_colour: str | None
    remark: str | None  # one sentence, if the sources disagree or there is no colour

    @property
    def colour_name(self) -> str:
        """The colour as headers, files and the marker name it: `none` for a process without one."""
        return self.colour or NO_COLOUR.name

    def headers(self) -> dict[str, str]:
        """The identity as the response headers that every response carries."""
        return {"X-App-Colour": self.colour_name, "X-App-Version": self.version or "none", "X-App-Pod": self.pod}


class IdentitySource:
    """Gives the current identity; reads the downward API's files again only when they have changed."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._hostname = socket.gethostname()
        # Annotations first: if both have a key, the label overrides it.
        files = [settings.podinfo_dir / name for name in ("annotations", "labels")]
        # Kubernetes mounts them before a pod starts: elsewhere, nothing has to be looked for with every request.
        self._files = files if settings.podinfo_dir.is_dir() else []
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
        settings = self._settings
        colour = pod_info.get(COLOUR_LABEL) or settings.colour or settings.image_colour
        return Identity(
            colour=colour if colour in COLOURS else None,
            version=pod_info.get(VERSION_LABEL) or settings.version or settings.image_version or None,
            pod=settings.pod_name or self._hostname,
            namespace=settings.pod_namespace or None,
            node=settings.node_name or None,
            image_colour=settings.image_colour or None,
            remark=_remark(colour, settings.image_colour),
        )


def _remark(colour: str, image_colour: str) -> str | None:
    if not colour:
        return "No colour configured: no pod label “version”, no COLOUR, no colour in the image."
    if colour not in COLOURS:
        return f"Unknown colour “{colour}” (known: {', '.join(COLOURS)})."
    if image_colour and image_colour != colour:
        return f"The image was built for {image_colour}, but this process runs as {colour}: the pod’s colour wins."
    return None


def _state(file: Path) -> tuple[int, int]:
    try:
        stat = file.stat()
    except OSError:
        return (0, 0)
    return (stat.st_ino, stat.st_mtime_ns)


def _pairs(file: Path) -> list[tuple[str, str]]:
    """The file's lines, each key="value" with the value quoted; other lines are ignored."""
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
