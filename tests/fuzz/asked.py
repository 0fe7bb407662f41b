"""Requests of the pages and the API, from such as everybody sends to such as nobody should."""

from dataclasses import dataclass

from hypothesis import strategies as st

from .bodies import documents, forms
from .headers import IDS, etags, ids, odd_headers
from .values import MARK, abridged, percent, texts

Headers = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Asked:
    """One request. `path` is decoded, as the application gets it."""

    method: str
    path: str
    query: str = ""
    headers: Headers = ()
    body: bytes = b""
    type: str | None = None

    def __repr__(self) -> str:
        return f"Asked{abridged((self.method, self.path, self.query, self.headers, self.body, self.type))}"


_DATES = ["20260101T000010.000000Z", "19700101T000000.000000Z"]
_ODD_DATES = ["00010101T000000.0Z", "99991231T235959.999999Z", "20260230T000000.0Z", "٢0260101T000000.0Z", ""]
_cursors = st.one_of(
    st.builds("{}_{}".format, st.sampled_from(_DATES), ids),
    st.sampled_from([f"{date}_{IDS[1]}" for date in _ODD_DATES]),
    texts,
)
_matches = st.sampled_from(["exact", "prefix", "fuzzy", ""])
_ODD_QUERIES = ["%", "%ff", "location=%00", f"done={MARK}", "location=a&location=b", "&" * 3000, MARK, "after=_"]
_queries = st.one_of(
    st.just(""),
    st.fixed_dictionaries({}, optional={"location": texts, "match": _matches, "after": _cursors}).map(
        lambda given: "&".join(f"{name}={percent(value)}" for name, value in given.items())
    ),
    texts.map(lambda start: f"location={percent(start)}&match=prefix"),
    st.sampled_from(_ODD_QUERIES),
)

_PATHS = [
    "/", "/users", "/users/new", "/colours", "/traffic", "/version", "/livez", "/readyz", "/leave", "/metrics",
    "/api/v1/users", "/api/v1/colours", "/api/openapi.json",
]  # fmt: skip
_ODD_PATHS = [
    "/api", "/api/", "/users/", "//users", "/static/x/y", f"/{MARK}", f"/users/{MARK}", "/\xff", "/\0", "/../x", "*",
    f"//{MARK}", f"/static/{MARK}/layout.css", "/users/\n",
]  # fmt: skip
_page = st.builds("/users/{}".format, ids)
_delete_page = st.builds("/users/{}/delete".format, ids)
_resource = st.builds("/api/v1/users/{}".format, ids)
_paths = st.one_of(st.sampled_from(_PATHS), st.sampled_from(_ODD_PATHS), _page, _delete_page, _resource)
_METHODS = ["GET", "GET", "POST", "POST", "HEAD", "OPTIONS", "PUT", "DELETE", "PATCH", "TRACE", "BREW", MARK.upper()]

_calm = st.one_of(st.just(()), st.just(()), odd_headers)
_keys = st.one_of(st.just(()), ids.map(lambda id: (("Idempotency-Key", id),)))
_conditions = st.one_of(etags.map(lambda etag: (("If-Match", etag),)), odd_headers)


def _writing(
    method: str,
    paths: st.SearchStrategy[str],
    headers: st.SearchStrategy[Headers],
    bodies: st.SearchStrategy[tuple[bytes, str]],
) -> st.SearchStrategy[Asked]:
    return st.builds(lambda path, headers, body: Asked(method, path, "", headers, *body), paths, headers, bodies)


creating = st.one_of(
    _writing("POST", st.just("/users/new"), _calm, forms),
    _writing("POST", st.just("/api/v1/users"), _keys, documents),
)
changing = st.one_of(_writing("POST", _page, _calm, forms), _writing("PUT", _resource, _conditions, documents))
deleting = st.one_of(
    _writing("POST", _delete_page, _calm, forms),
    st.builds(Asked, st.just("DELETE"), _resource, st.just(""), _conditions),
)
searching = st.builds(Asked, st.just("GET"), st.sampled_from(["/users", "/api/v1/users"]), _queries)
reading = st.builds(Asked, st.sampled_from(["GET", "GET", "HEAD"]), _paths, _queries, odd_headers)
anything = st.builds(
    lambda method, path, query, headers, body: Asked(method, path, query, headers, *body),
    st.sampled_from(_METHODS),
    _paths,
    _queries,
    odd_headers,
    st.one_of(forms, documents),
)
requests = st.one_of(creating, changing, deleting, searching, reading, anything)
