"""What people and attackers type: values for the fields, the queries and the headers."""

from urllib.parse import quote_from_bytes

from hypothesis import strategies as st

MARK = "Qxmarkxq"  # in all that must not come out in a log line
TAG = f"<{MARK}>"  # in what must not come out in a page as it is

_ODD = (
    "\0\t\n\r\x0b\x1b\x1f\x7f\x80\x85\xa0\xad\u0301\u034f\u061c\u200b\u200d\u202e\u2028\u2029\ufeff\ufffd\ufffe\uffff"
    "\ud800\udfff\U0001f98a\U0001f468\U000e0041\U0010fffd\U0010ffffßİſǅﬁÅ한각漢'\"\\%_;<>&{}"
)
_KNOWN = (
    "", " ", MARK, TAG, f"{MARK}\u0301", f" {MARK} ", f"{MARK}\ud83e", f"{MARK}\n2", f"{MARK}'--", f"{MARK}%00", "Ada",
    "ADA", "A\u030a", "\u212b", "漢字🦊", "\u200b", "\u0301", "\u202e" + MARK, "x" * 30, "x" * 31, "🦊" * 30, "é" * 31,
    "a\u0301" * 30, "a\u0301" * 31, "x" * 50, "x" * 51, "\U0010ffff" * 50, "Berlin", "berlin", "Berl", "B", "%", "_",
    "null",
)  # fmt: skip
_EMAILS = (
    f"{MARK}@example.org", f"{MARK}@EXAMPLE.org", f"{MARK}@bücher.example", f'"{MARK} x"@example.org',
    f"{MARK}@[127.0.0.1]", f"{MARK}@a..b", f"@{MARK}", f"{MARK}@", f"{MARK}@example.org\n", f"{MARK}@xn--a.example",
    f"{MARK}\u0301@example.org", f"{MARK}@{'x' * 63}.org", "x" * 38 + "@example.org", "x" * 39 + "@example.org",
    f"{MARK} <a@example.org>", f"é{MARK}@a.test",
)  # fmt: skip
_AGES = (
    "",
    "0",
    "36",
    "150",
    "151",
    "200",
    "255",
    "256",
    "999",
    "-1",
    "007",
    "0000",
    "1e2",
    "٣٦",
    "²",
    "1.0",
    "9" * 400,
    " 36 ",
    "+36",
    MARK,
)
_NUMBERS = (
    "0", "36", "150", "151", "256", "999", "-1", "-0", "36.0", "36.5", "1e2", "1e400", "-1e400", "NaN", "Infinity",
    "9" * 400, "9" * 5000, "true", "false", "null", "[]", "{}", '"36"', f'["{MARK}"]', "[" * 2000 + "]" * 2000,
    "[" * 8000, "036", "1_0", "'36'",
)  # fmt: skip

characters = st.one_of(st.sampled_from(_ODD), st.characters(codec=None))
texts = st.one_of(
    st.sampled_from(_KNOWN),
    st.text(characters, max_size=6),
    st.text(characters, min_size=1, max_size=3).map(MARK.join),
    st.builds(str.__mul__, characters, st.sampled_from([29, 30, 31, 50, 51, 200])),
)
emails = st.one_of(st.sampled_from(_EMAILS), texts, st.builds("{}@{}.org".format, texts, texts))
ages = st.one_of(st.sampled_from(_AGES), st.integers(-5, 155).map(str), texts)
json_values = st.one_of(st.sampled_from(_NUMBERS), st.integers(0, 155).map(str))
header_values = st.one_of(
    st.sampled_from(["", MARK, f'"{MARK}"', ",", ";", "=", "*", "\xff", "a" * 4000, f"{MARK};q=nan", f"{MARK}\xe9"]),
    st.text(st.characters(min_codepoint=32, max_codepoint=255, exclude_characters="\x7f"), max_size=12),
)

SOUND = {
    "firstname": st.sampled_from([MARK, "Ada", "漢字🦊", "x" * 30, "A\u030a"]),
    "lastname": st.sampled_from([MARK, "Lovelace", TAG, "O'Hara; --"]),
    "email": st.sampled_from([f"{MARK}@example.org", f"{MARK}@bücher.example"]),
    "age": st.sampled_from(["", "0", "36", "150"]),
    "location": st.sampled_from(["", MARK, "Berlin", "Bérlin", "🦊"]),
}  # what can be stored
ODD = {"firstname": texts, "lastname": texts, "email": emails, "age": ages, "location": texts}


def percent(text: str) -> str:
    """The text for an address or a form, with lone surrogates as the three bytes that they would be in UTF-8."""
    return quote_from_bytes(text.encode("utf-8", "surrogatepass"))


def abridged(value: object, longest: int = 2000) -> str:
    """As in Python, but without the middle of what is very long."""
    text = repr(value)
    return text if len(text) <= longest else f"{text[: longest - 100]}… ({len(text)} characters) …{text[-50:]}"
