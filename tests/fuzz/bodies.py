"""Forms and JSON documents, right and wrong ones."""

import json

from hypothesis import strategies as st

from .headers import IDS, ids, revisions
from .values import MARK, ODD, SOUND, json_values, percent

# All fields as they should be, and the same but for one or a few of them.
_sound = st.fixed_dictionaries(SOUND)
_one_odd = st.one_of(*(st.fixed_dictionaries({name: values}) for name, values in ODD.items()))
_some_odd = st.fixed_dictionaries({}, optional=ODD)
_values = st.one_of(_sound, *(st.builds(dict.__or__, _sound, odd) for odd in (_one_odd, _one_odd, _some_odd)))


def _form(values: dict[str, str], **more: str) -> bytes:
    return "&".join(f"{name}={percent(value)}" for name, value in {**values, **more}.items()).encode()


_ODD_FORMS = [
    b"", b"&&==&", b"%", b"firstname=%ff&lastname=%zz", b"\xff\xfe\0", b"id=" + b"&id=" * 3000, b"a" * 17_000,
    b"&" * 16_384,
]  # fmt: skip
_forms = st.one_of(
    st.builds(lambda values, id, revision: _form(values, id=id, revision=revision), _values, ids, revisions),
    st.builds(lambda values, id: _form(values, id=id, revision="1"), _sound, st.sampled_from(IDS)),
    st.builds(lambda values, own: _form(values, colour=own), _values, st.sampled_from(["", "blue", "green", MARK])),
    st.sampled_from(_ODD_FORMS),
    st.binary(max_size=20),
)
_FORM_TYPES = [*["application/x-www-form-urlencoded"] * 4, "text/plain", "", "application/json"]


def _multipart(values: dict[str, str], end: str) -> bytes:
    head = f"--{MARK}\r\nContent-Disposition: form-data; name="
    parts = [f'{head}"{name}"\r\n\r\n{value}\r\n' for name, value in values.items()]
    return ("".join(parts) + end).encode("utf-8", "surrogatepass")


_ENDS = [f"--{MARK}--\r\n", f"--{MARK}", "", "--", f"\r\n--{MARK}\r\n" * 1100]
_MULTIPART = "multipart/form-data"
_MULTIPART_TYPES = [*[f"{_MULTIPART}; boundary={MARK}"] * 3, _MULTIPART, f"{_MULTIPART}; boundary=\xff"]

# Each with its type, which need not be right.
forms = st.one_of(
    st.tuples(_forms, st.sampled_from(_FORM_TYPES)),
    st.tuples(st.builds(_multipart, _values, st.sampled_from(_ENDS)), st.sampled_from(_MULTIPART_TYPES)),
)


def _json(values: dict[str, str], raw: dict[str, str]) -> bytes:
    """An object whose `raw` members are not quoted; the age is a number if it can be one."""
    members = {name: json.dumps(value) for name, value in values.items()}
    age = values.get("age", "")
    if age.isdecimal() or not age:
        members["age"] = str(int(age)) if age else "null"
    return ("{" + ",".join(f'"{name}":{value}' for name, value in (members | raw).items()) + "}").encode()


_plain = st.builds(_json, _values, st.just({}))
_names = st.sampled_from([*SOUND, MARK, "id", "", "revision"])
_ODD_JSON = [
    b"", b"null", b"[]", b'"' + MARK.encode() + b'"', b"{", b"[" * 16_000, b"\xff", b'{"a":"\xff"}', b" " * 17_000,
    b"9" * 5000,
]  # fmt: skip
_JSON_TYPES = [
    "application/json", "application/json", "application/json", "application/json", "application/json; charset=utf-16",
    "application/x+json", "text/json", "application/json; =", "",
]  # fmt: skip
documents = st.tuples(
    st.one_of(
        _plain,
        st.builds(_json, _sound, st.fixed_dictionaries({"age": json_values})),
        st.builds(_json, _values, st.dictionaries(_names, json_values, max_size=2)),
        _plain.map(lambda body: body[:-1] + b',"age":36,"age":37}'),
        st.builds(lambda body, how: body.decode().encode(how), _plain, st.sampled_from(["utf-16", "utf-8-sig"])),
        st.sampled_from(_ODD_JSON),
    ),
    st.sampled_from(_JSON_TYPES),
)
