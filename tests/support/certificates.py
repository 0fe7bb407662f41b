"""Certificates as people make them by hand, with openssl."""

import shutil
import subprocess
from pathlib import Path

import pytest

KEY = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]


class Authority:
    """A CA, whose certificate is in the file `certificate`."""

    def __init__(self, folder: Path, name: str = "ca") -> None:
        self.folder = folder
        self.certificate, self._key = folder / f"{name}.pem", folder / f"{name}.key"
        openssl("req", "-x509", *KEY, "-subj", f"/CN={name}", "-out", self.certificate, "-keyout", self._key)

    def issue(self, *hosts: str, days: int = 1) -> tuple[Path, Path]:
        """The files of a certificate for these hosts, and of its key. With 0 days it has expired."""
        certificate, key, names, request = (self.folder / f"tls.{end}" for end in ("pem", "key", "names", "csr"))
        names.write_text(f"subjectAltName={','.join(f'DNS:{host}' for host in hosts)}")
        openssl("req", *KEY, "-subj", "/CN=pii-demo", "-out", request, "-keyout", key)
        signed_by = ("-CA", self.certificate, "-CAkey", self._key, "-CAcreateserial", "-days", str(days))
        openssl("x509", "-req", "-in", request, "-extfile", names, *signed_by, "-out", certificate)
        return certificate, key


def openssl(*arguments: str | Path) -> None:
    program = shutil.which("openssl")
    if not program:
        pytest.skip("no openssl: install it")
    subprocess.run([program, *arguments], check=True, capture_output=True)
