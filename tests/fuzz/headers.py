"""Headers of requests that the application reads, and ids and revisions of users, as they may come."""

from hypothesis import strategies as st

from .values import MARK, TAG, header_values

# Few, so that requests meet each other's users. The first ones are there from the beginning.
IDS = [f"{number}0000000-0000-4000-8000-00000000000{number}" for number in range(8)]

_ODD_IDS = [IDS[1].upper(), f"{{{IDS[2]}}}", IDS[3].replace("-", ""), f'"{IDS[6]}"', "", "0", MARK]
_REVISIONS = ["1", "2", "3", "0", "-1", "", "1.0", "٢", " 1 ", "9" * 30, "4294967296", "2147483648", MARK]
_ETAGS = [
    '"1"', '"2"', '"3"', "*", 'W/"1"', '"1", "2"', '""', "1", '"', "\xff", ",", f'"{MARK}"', '"1"' * 50, "W/", "*, *",
]  # fmt: skip
IMPOSSIBLE_HOSTS = ["[::1", "a..b", ".", "a@b", f"{MARK}@pii-demo.localhost", "a/b", "a b", "a?b", "a#b", "\xe9.test"]
_HOSTS = [
    *IMPOSSIBLE_HOSTS, "pii-demo-blue.apps.hl.test", "pii-demo.apps.hl.test", "pii-demo-green.localhost:8080",
    "PII-DEMO.localhost", "localhost", "127.0.0.1", "[::1]:80", "", "a:b", "a:99999", "pii-demo.localhost.",
    "pii-demo-blue.%6c", "x" * 64, f"{MARK}.test", "pii-demo.x:80:80", "xn--a",
]  # fmt: skip
_ACCEPT = [
    "application/json", "text/html", "*/*", "application/*", "application/problem+json", "text/html;q=0", "a/b;q=9",
    ",;",
]  # fmt: skip
_COOKIES = [
    "pii-demo-colour=blue", "pii-demo-colour=green", 'pii-demo-colour="blue"', "pii-demo-colour=blue ; x=y", "=", ";;",
    f"pii-demo-colour={MARK}", "__Host-pii-demo-colour=green; pii-demo-colour=blue", "\xff=\xff", f'{MARK}="\\777"',
]  # fmt: skip
_ORIGINS = [
    "null", "http://localhost", "http://localhost:80", "https://pii-demo.apps.hl.test", f"http://{MARK}.test", "\xff",
    "http://[::1", f"http://localhost/{TAG}", "http://a:b", "http://localhost@evil.test", "ftp://localhost",
    "HTTP://LOCALHOST",
]  # fmt: skip
_DATES = ["Thu, 01 Jan 1970 00:00:00 GMT", "Thu, 99 Jan 99999 00:00:00", MARK, "0"]

ids = st.one_of(st.sampled_from(IDS), st.sampled_from(_ODD_IDS))
revisions = st.sampled_from(_REVISIONS)
etags = st.sampled_from(_ETAGS)

_BY_NAME = {
    "Host": st.sampled_from(_HOSTS),
    "Accept": st.sampled_from(_ACCEPT),
    "Cookie": st.sampled_from(_COOKIES),
    "Origin": st.sampled_from(_ORIGINS),
    "Sec-Fetch-Site": st.sampled_from(["same-origin", "none", "same-site", "cross-site", "", MARK]),
    "If-Match": etags,
    "If-None-Match": etags,
    "If-Modified-Since": st.sampled_from(_DATES),
    "Range": st.sampled_from(["bytes=0-5", "bytes=5-0", "bytes=-", "lines=1", f"bytes={MARK}"]),
    "Idempotency-Key": ids,
    "X-Http-Method-Override": st.sampled_from(["DELETE", "PUT"]),
    "X-Forwarded-Host": st.sampled_from([f"{MARK}.test", "pii-demo-green.localhost"]),
    "X-Forwarded-Prefix": st.sampled_from(["//evil", f"/{MARK}"]),
    "Content-Encoding": st.sampled_from(["gzip", "br", MARK]),
    "Authorization": st.sampled_from([f"Basic {MARK}", "Basic =", "Bearer", "Digest x=\xff"]),
    "traceparent": header_values,
    "User-Agent": header_values,
}
_pairs = st.one_of(*(st.tuples(st.just(name), values) for name, values in _BY_NAME.items()))
odd_headers = st.lists(_pairs, max_size=3, unique_by=lambda pair: pair[0]).map(tuple)
