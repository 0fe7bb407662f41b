"""The parts of a request's head: usual ones, legal ones and such as nobody should send."""

from .values import MARK

ID = b"{----------------id----------------}"  # stands for an id of the connection's own
HOST = b"pii-demo-blue.localhost"
MARKED = MARK.encode()

ROUTES = [
    b"/", b"/users", b"/users/new", b"/users?location=" + MARKED, b"/livez", b"/version", b"/colours",
    b"/api/v1/users", b"/api/openapi.json", b"/users/" + ID, b"/api/v1/users/" + ID, b"/users/" + MARKED,
    b"/" + MARKED, b"/%ff%fe", b"/static/0/layout.css", b"/traffic",
]  # fmt: skip
ODD_TARGETS = [
    b"/users/%00", b"", b"*", b"//" + MARKED + b"/users/new", b"/../users", b"/%2e%2e/" + MARKED, b"/a/..//" + MARKED,
    b"/%", b"/%zz" + MARKED, b"/\xff" + MARKED, b"/users?" + MARKED + b"=\xe9", b"/#" + MARKED, b"/users;" + MARKED,
    b"/a b/" + MARKED, b"/\t" + MARKED, b"/\0" + MARKED, b"\\" + MARKED,
    b"http://" + HOST + b"/users?location=" + MARKED, b"http://" + MARKED + b".test/", b"https://" + HOST + b"/",
    b"http:///", b"http://[::1/" + MARKED, b"ftp://" + MARKED, b"pii-demo-blue.localhost:80", MARKED,
    MARKED + b"@example.org", b"/" + MARKED * 300, b"/" + MARKED * 600, b"/" + MARKED * 3000,
    b"/users/%2e%2e%2f" + MARKED, b"/users%2fnew", b"/users/new/", b"/?" + b"&" * 4000, b"/users/" + ID + b"%0a",
    b"/%C0%AE%C0%AE/", b"/users\\..\\",
]  # fmt: skip
ODD_METHODS = [
    b"PATCH", b"TRACE", b"CONNECT", b"BREW", b"get", b"GeT", b"", b"G ET", b"GET\0", MARKED.upper(), MARKED, b"G\xc9T",
    b"A" * 200, b"PRI", b"POST\t", b"firstname=" + MARKED,
]  # fmt: skip
ODD_VERSIONS = [
    b"HTTP/1.0", b"HTTP/0.9", b"HTTP/2.0", b"HTTP/1.10", b"HTTP/3.7", b"http/1.1", b"HTTP/1.1 " + MARKED, b"", b"ICY",
    b"HTTP/1.1\0", b"HTTPS/1.1", MARKED,
]  # fmt: skip
HOSTS = [
    HOST, HOST, b"pii-demo-green.localhost", b"pii-demo.localhost", b"PII-DEMO-blue.apps.hl.test:80",
    b"pii-demo.apps.hl.test", b"127.0.0.1",
]  # fmt: skip
IMPOSSIBLE_HOSTS = [
    b"a..b", b".", b"[::1", b"a b", b"a/b", b"a?b", b"localhost#" + MARKED,
    b"pii-demo-green.localhost:80@pii-demo-blue.localhost", MARKED + b"@pii-demo.localhost",
    MARKED + b":x@pii-demo-blue.localhost", b"pii-demo-blue.localhost, pii-demo.localhost",
    b"pii-demo-blue.localhost\0",
]  # fmt: skip
ODD_HOSTS = [
    b"", b"[::1]", b"[::1]:80", b"a:b", b"a:99999", b"a:-1", b"pii-demo-blue.localhost.", b"pii-demo%2eblue",
    MARKED + b".test", b"\xe9.test", b"\xff" + MARKED, b"x" * 64, b"x." * 2000, b"pii-demo.localhost:80:80",
    b"[" + MARKED + b"]", b"1.2.3", b"_", b"-", b"xn--a", b"xn--\xff",
]  # fmt: skip
# Legal, if not usual.
HEADERS = [
    b"Accept: application/json", b"Accept: */*;q=0.1", b"Connection: keep-alive",
    b"Upgrade: TLS/1.2\r\nConnection: Upgrade", b"Expect: 100-continue",
    b"Upgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\nHTTP2-Settings: AAMAAABkAAQCAAAAAAIAAAAA",
    b"Cookie: pii-demo-colour=green", b"Empty:", b"Cookie: a=" + MARKED, b"User-Agent: " + MARKED,
    b"X-Forwarded-Host: " + MARKED, b"X-Forwarded-Proto: https", b"Forwarded: host=" + MARKED,
    b"X-Forwarded-For: " + MARKED, b"Referer: http://" + MARKED + b"/", b"traceparent: " + MARKED,
    b"Origin: http://" + HOST, b"Range: bytes=0-3", b"TE: trailers", b"X-Http-Method-Override: DELETE",
    b"X-Envoy-Original-Path: /" + MARKED, b"X-Original-URL: /" + MARKED, b"X-Request-Id: " + MARKED, b"If-Match: *",
]  # fmt: skip
ODD_HEADERS = [
    b"SCRIPT_NAME: //" + MARKED, b"PATH_INFO: /" + MARKED, b"REMOTE_USER: " + MARKED, b"A_b: c", b"Name : " + MARKED,
    b" Name: " + MARKED, b"Na me: " + MARKED, b"Name: a\r\n " + MARKED, b"Name: a\r\n\tb", b"Name: \0" + MARKED,
    b"Name: \x7f", b"N\0ame: " + MARKED, MARKED, b": " + MARKED, b":", b"\xff: \xff", b"Name: \xff",
    b"Name: a\rb" + MARKED, b"Name: a\nHost: " + MARKED, b"Long: " + MARKED * 1100, b"Long: " + MARKED * 9000,
    b"N" * 9000 + b": 1", b"Host: " + MARKED, b"Host: " + HOST,
    b"\r\n".join(b"Many: %d" % number for number in range(63)),
    b"\r\n".join(b"Many: %d" % number for number in range(120)), b"Content-Type: a\r\nContent-Type: b",
    b"Expect: " + MARKED, b"Expect: 100-continue, 100-continue", b"Upgrade: websocket\r\nConnection: Upgrade",
    b"Upgrade: " + MARKED + b"\r\nConnection: Upgrade", b"Connection: " + MARKED, b"Connection: close, Host",
    b"Proxy-Connection: " + MARKED, b"Transfer-Encoding: identity", b"Trailer: Host", b"Origin: " + MARKED,
    b"Content-Length: 5", b"Transfer-Encoding: chunked", b"Accept: " + b"a/b," * 1500, b"Cookie: " + b"a=b;" * 1500,
    b"Authorization: Basic " + MARKED, b"Via: " + MARKED * 9, b"Accept: a/b;q=\xb2", b"If-Modified-Since: \xff",
    b"Content-Encoding: gzip", b"Early-Data: 1", b"HTTP2-Settings: ", b"Connection: Upgrade, HTTP2-Settings",
]  # fmt: skip
