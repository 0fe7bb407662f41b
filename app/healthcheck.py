"""The image's HEALTHCHECK: python -m app.healthcheck ends with 0 if this web server can store."""

import sys
from http.client import HTTPConnection

if __name__ == "__main__":
    connection = HTTPConnection("127.0.0.1", 8080, timeout=3)
    connection.request("GET", "/readyz")
    sys.exit(connection.getresponse().status != 200)
