"""https to an edge: at one address, with the certificate of the host that is asked for."""

import ssl
from http.client import HTTPS_PORT, HTTPConnection

_UNKNOWN_CA = "no CA that is trusted here has signed the certificate; name the file of its CA with --cacert"
# By the codes of https://docs.openssl.org/3.0/man3/X509_STORE_CTX_get_error/
_CERTIFICATE = {
    9: "the certificate is not valid yet; compare the clocks",
    10: "the certificate has expired; renew it",
    62: "the certificate is not for {host}; it must name all three hosts of --domain",
} | dict.fromkeys((2, 18, 19, 20, 21), _UNKNOWN_CA)


class Untrusted(OSError):
    """No encrypted connection to the host; the message says why, and what to do."""


class TLSConnection(HTTPConnection):
    """A connection to an address. It asks for a host's certificate, and checks that it is that."""

    default_port = HTTPS_PORT

    def __init__(self, address: str, host: str, trust: ssl.SSLContext, timeout: float) -> None:
        super().__init__(address, timeout=timeout)
        self._name = host
        self._trust = trust

    def connect(self) -> None:
        """Connect, and encrypt."""
        super().connect()
        try:
            self.sock = self._trust.wrap_socket(self.sock, server_hostname=self._name)
        except OSError as error:
            raise Untrusted(_reason(error, self._name)) from error


def trusting(cacert: str | None) -> ssl.SSLContext:
    """Trust the CAs in a file; without one, the system's. Raises OSError if there are none in it."""
    context = ssl.create_default_context(cafile=cacert)
    # Python 3.13 refuses CAs that browsers accept, such as one that `openssl req -x509` makes.
    context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    return context


def _reason(error: OSError, host: str) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        known = _CERTIFICATE.get(error.verify_code)
        return known.format(host=host) if known else f"the certificate of {host}: {error.verify_message}"
    if isinstance(error, ssl.SSLError) and error.reason == "WRONG_VERSION_NUMBER":
        return "no TLS is spoken there; is it the port of plain http?"
    if isinstance(error, TimeoutError):
        return f"the TLS handshake for {host} was not answered"
    return f"the edge ends the TLS handshake for {host}; it may have no certificate for it"
