"""What comes over a connection: requests that can be read, and such as cannot be."""

from dataclasses import dataclass
from enum import Enum, auto

from hypothesis import strategies as st

from . import lines
from .framing import CREATE, CREATE_JSON, FORM, GARBAGE, JSON, ODD_BODIES, SMUGGLED, ambiguous, framed, misframed
from .lines import HOST, MARKED
from .values import abridged


class Kind(Enum):
    """What has to come of it."""

    SOUND = auto()  # it is answered as it stands
    STORED = auto()  # and a user stored
    REFUSED = auto()  # it is refused, or the connection closed
    ODD = auto()  # who knows


@dataclass(frozen=True)
class Bytes:
    """What one client sends. One who `leaves` does not wait for an answer."""

    sent: bytes
    kind: Kind
    leaves: bool = False

    def __repr__(self) -> str:
        return f"Bytes({abridged(self.sent)}, {self.kind}, leaves={self.leaves})"


def _head(method: bytes, target: bytes, version: bytes, host: bytes, more: list[bytes]) -> bytes:
    return b"\r\n".join([b"%b %b %b" % (method, target, version), b"Host: " + host, *more, b"", b""])


def _one_of(usual: list[bytes], odd: list[bytes]) -> st.SearchStrategy[bytes]:
    """One of the odd ones half of the time, so that most requests have one or two odd parts."""
    return st.one_of(st.sampled_from(usual), st.sampled_from(odd))


_methods = st.sampled_from([b"GET", b"GET", b"HEAD", b"OPTIONS", b"DELETE"])
_routes = st.sampled_from(lines.ROUTES)
_version = st.just(b"HTTP/1.1")
_legal = st.lists(st.sampled_from(lines.HEADERS), max_size=2, unique=True)
_odd_line = st.one_of(
    st.sampled_from(lines.ODD_HEADERS),
    st.sampled_from(lines.HEADERS),
    st.binary(max_size=8).map(lambda some: b"X: %b%b" % (some, MARKED)),
)
_odd_lines = st.lists(_odd_line, max_size=3)

# Sound.
_creates = [head + rest for head, body in ((CREATE, FORM), (CREATE_JSON, JSON)) for rest in framed(body)]
_reads = st.builds(_head, _methods, _routes, _version, st.sampled_from(lines.HOSTS), _legal)
_stored = st.one_of(st.sampled_from(_creates), st.builds(bytes.__add__, _reads, st.sampled_from(_creates)))

# Refused: for an impossible host, two lengths, or a path that is none whatever a header says; too large; cut off.
_ambiguous = [head + rest for head, body in ((CREATE, FORM), (CREATE_JSON, JSON)) for rest in ambiguous(body)]
_of_no_host = st.builds(_head, _methods, _routes, _version, st.sampled_from(lines.IMPOSSIBLE_HOSTS), _legal)
_creates_of_no_host = st.builds(
    lambda create, host: create.replace(HOST, host, 1),
    st.sampled_from(_creates),
    st.sampled_from(lines.IMPOSSIBLE_HOSTS),
)
_moved = [
    _head(b"GET", prefix + b"/users/new", b"HTTP/1.1", HOST, [name + b": " + prefix])
    for prefix in (b"//" + MARKED, b"/" + MARKED)
    for name in (b"SCRIPT_NAME", b"Script-Name", b"X-Script-Name", b"X-Forwarded-Prefix")
]
_too_large = [CREATE + rest for rest in framed(FORM + b"&more=" + b"x" * 17_000)]
_cut_off = st.builds(
    lambda create, missing: create[:-missing],
    st.sampled_from(_creates),
    st.integers(1, 20),
)
_refused = st.one_of(_of_no_host, _creates_of_no_host, st.sampled_from([*_ambiguous, *_moved, *_too_large]))

# Odd.
_misframed = [head + rest for head, body in ((CREATE, FORM), (CREATE_JSON, JSON)) for rest in misframed(body)]
_odd_heads = st.builds(
    _head,
    _one_of([b"GET", b"POST", b"DELETE"], lines.ODD_METHODS),
    _one_of(lines.ROUTES, lines.ODD_TARGETS),
    _one_of([b"HTTP/1.1"], lines.ODD_VERSIONS),
    _one_of([HOST], lines.ODD_HOSTS),
    _odd_lines,
)
_odd_creates = st.builds(
    lambda head, more, framed: head + b"".join(line + b"\r\n" for line in more) + framed,
    st.sampled_from([CREATE, CREATE_JSON]),
    _odd_lines,
    st.sampled_from([FORM, JSON, *ODD_BODIES]).flatmap(
        lambda body: st.sampled_from([*framed(body) * 4, *misframed(body)])
    ),
)


@st.composite
def _damaged(draw: st.DrawFn) -> bytes:
    """A request of which a part is missing, there twice or another."""
    whole = draw(st.one_of(st.sampled_from([*_creates, SMUGGLED]), _reads))
    start = draw(st.integers(0, len(whole)))
    end = draw(st.integers(start, min(len(whole), start + 20)))
    instead = [b"", whole[start:end] * 2, b"\r\n", b"\0", b" ", b":", b"\xff", b"\r", b"\n", MARKED]
    return whole[:start] + draw(st.sampled_from(instead)) + whole[end:]


_odd = st.one_of(
    st.sampled_from(_misframed),
    st.sampled_from(_misframed).map(lambda one: one + SMUGGLED),
    _odd_heads,
    _odd_creates,
    st.binary(max_size=30),
    st.sampled_from(GARBAGE),
    _damaged(),
)
_leaves = st.sampled_from([False, False, True])
clients = st.one_of(
    st.builds(Bytes, _reads, st.just(Kind.SOUND)),
    st.builds(Bytes, _stored, st.just(Kind.STORED)),
    st.builds(Bytes, _refused, st.just(Kind.REFUSED)),
    st.builds(Bytes, _cut_off, st.just(Kind.REFUSED), st.just(True)),
    st.builds(Bytes, _odd, st.just(Kind.ODD), _leaves),
    st.builds(Bytes, st.builds(bytes.__add__, _odd, _odd), st.just(Kind.ODD), _leaves),
    st.builds(Bytes, st.builds(bytes.__add__, st.one_of(_reads, _stored), _odd), st.just(Kind.ODD), _leaves),
)
