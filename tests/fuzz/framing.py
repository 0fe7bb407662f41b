"""Bodies, and how long a request says that its body is: rightly, wrongly or in two ways at once."""

from .lines import HOST, ID, MARKED

FORM = b"id=" + ID + b"&firstname=" + MARKED + b"&lastname=L&email=" + MARKED + b"@example.org&location="
JSON = b'{"firstname": "' + MARKED + b'", "lastname": "L", "email": "' + MARKED + b'@example.org"}'
_POST = b"POST %b HTTP/1.1\r\nHost: " + HOST + b"\r\nContent-Type: %b\r\n"
CREATE = _POST % (b"/users/new", b"application/x-www-form-urlencoded")
CREATE_JSON = _POST % (b"/api/v1/users", b"application/json") + b"Idempotency-Key: " + ID + b"\r\n"
SMUGGLED = CREATE + b"Content-Length: %d\r\n\r\n" % len(FORM) + FORM
ODD_BODIES = [
    b"", MARKED, MARKED * 2000, b"\0" * 100, FORM + b"%", FORM + b"x" * 51, JSON[:-1], SMUGGLED, b"a=" * 8192,
    b"0\r\n\r\n", b"\r\n\r\n",
]  # fmt: skip


def chunked(body: bytes, size: int = 50) -> bytes:
    """As it is to be."""
    parts = [body[start : start + size] for start in range(0, len(body), size)]
    return b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"


def framed(body: bytes) -> list[bytes]:
    """The end of the head and the body: each says rightly how long it is."""
    return [b"Content-Length: %d\r\n\r\n%b" % (len(body), body), b"Transfer-Encoding: chunked\r\n\r\n" + chunked(body)]


def ambiguous(body: bytes) -> list[bytes]:
    """Each says it in two ways, or in one that two servers may read differently: never to be taken."""
    length, right = len(body), chunked(body)
    return [
        b"Content-Length: %d\r\nContent-Length: 0\r\n\r\n%b" % (length, body),
        b"Content-Length: %d\r\nTransfer-Encoding: chunked\r\n\r\n%b" % (length, right),
        b"Transfer-Encoding: chunked\r\nContent-Length: 0\r\n\r\n" + right,
        b"Content-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + SMUGGLED,
        b"Transfer-Encoding: chunked, chunked\r\n\r\n" + right,
        b"Transfer-Encoding: identity\r\nTransfer-Encoding: xchunked\r\n\r\n" + right,
        b"Transfer-Encoding : chunked\r\nContent-Length: %d\r\n\r\n%b" % (length, body),
        b"Transfer-Encoding: chunked\r\n\r\n3cg\r\n" + right,
        b"Transfer-Encoding: chunked\r\n\r\n%x\r\n%bXX0\r\n\r\n" % (length, body),
        b"Content-Length: -1\r\n\r\n" + body,
        b"Content-Length: +%d\r\n\r\n%b" % (length, body),
        b"Content-Length: 0x10\r\n\r\n" + body,
    ]


def misframed(body: bytes) -> list[bytes]:
    """Each is wrong, ambiguous or unusual in how long it says it is."""
    length = len(body)
    lengths = [
        b"%d" % (length + 1), b"%d" % (length + 300), b"%d" % max(length - 40, 0), b"0", b"-1", b"+%d" % length,
        b"0x10", b"%d, %d" % (length, length), b"%d " % length, b"", MARKED, b"\xb2", b"1e3", b"99999999999999999999",
        b"100000", b"16385", b"0%d" % length, b"%d\r\nContent-Length: %d" % (length, length), b"1_0",
        b"%d\r\nContent-Length: 0" % length, b"%d;" % length, b" %d" % length, b"9" * 5000,
    ]  # fmt: skip
    right = chunked(body)
    chunks = [
        b"3cg\r\n" + right, right[:-2], right[:-5], b"-1\r\n" + right, b"0x5\r\nabcde\r\n0\r\n\r\n", b"\r\n" + right,
        b"fffffffffffffffff\r\n" + body, b"%x;a=%b\r\n%b\r\n0\r\n\r\n" % (length, MARKED, body),
        b"%x\r\n%bXX0\r\n\r\n" % (length, body), b"%x\n%b\n0\n\n" % (length, body),
        right[:-2] + b"Host: " + MARKED + b"\r\n\r\n", right[:-2] + b"Trailer: " + MARKED + b"\r\n\r\n",
        right[:-2] + MARKED + b"\r\n\r\n", b"%x \r\n%b\r\n0\r\n\r\n" % (length, body),
        b"5;" + MARKED * 3000 + b"\r\nabcde\r\n0\r\n\r\n", b"0" * 5000 + b"5\r\nabcde\r\n0\r\n\r\n", b"1_0\r\n" + body,
        MARKED * 900, b"7fffffff\r\n" + body, b"%x\r\n%b\r\n" % (length, body), b"%x\r\n%b" % (length + 9, body),
        chunked(MARKED * 4000), right[:-2] + b"A: b\r\n" * 500 + b"\r\n",
    ]  # fmt: skip
    codings = [
        b"gzip, chunked", b"chunked, chunked", b"chunked, gzip", b"identity", MARKED, b"xchunked", b"\x0bchunked",
        b"chunked\0", b'"chunked"', b"", b"CHUNKED", b"chunked;q=1", b"chunked\r\nTransfer-Encoding: " + MARKED,
        b"chunked\r\nContent-Length: %d" % length, b" chunked", b"chunked\r\nContent-Length: 0", b"chunked,",
        b"identity, chunked",
    ]  # fmt: skip
    return [
        *(b"Content-Length: %b\r\n\r\n%b" % (given, body) for given in lengths),
        *(b"Transfer-Encoding: chunked\r\n\r\n" + given for given in chunks),
        *(b"Transfer-Encoding: %b\r\n\r\n%b" % (coding, right) for coding in codings),
        b"Content-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + body,
        b"Transfer_Encoding: chunked\r\nContent-Length: %d\r\n\r\n%b" % (length, body),
        b"Transfer-Encoding : chunked\r\nContent-Length: %d\r\n\r\n%b" % (length, body),
        b"Content-Length: %d\r\nTransfer-Encoding\t: chunked\r\n\r\n%b" % (length, right),
        b"\r\n" + body,
        b"Content-Length: %d\n\n%b" % (length, body),
        b"Content-Length: %d\r\n\n%b" % (length, body),
    ]


GARBAGE = [
    MARKED + b"\r\n\r\n", b"\r\n" * 50, b"\0" * 5000, b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0",
    b"\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03",
    b"PROXY TCP4 1.2.3.4 5.6.7.8 1 2\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", b"\r\n\r\n\0\r\nQUIT\n", b"GET /\r\n\r\n",
    b"GET\r\n\r\n", FORM, b"GET / HTTP/1.1\r\n", b"GET / HTTP/1.1\n\n", b"GET / HTTP/1.1\r\r\n\r\r\n",
    b"GET  /  HTTP/1.1\r\n\r\n", b"GET / HTTP/1.1\r\n\r\n", MARKED * 2000, b"GET / HTTP/1.1\r\n" + MARKED * 40_000,
]  # fmt: skip
