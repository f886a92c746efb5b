"""A certificate authority of the tests' own."""

from __future__ import annotations

import shutil
import ssl
import subprocess
from pathlib import Path

from . import locations

_NEW_KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")


class Authority:
    """A certificate authority with one server, made anew for a test."""

    def __init__(self, directory: Path, host: str) -> None:
        directory.mkdir(parents=True)
        self.directory = directory
        self.certificate = directory / "authority.crt"
        self._openssl("req", "-x509", *_NEW_KEY, "-days", "2", "-subj", "/CN=Test authority",
                      "-keyout", "authority.key", "-out", "authority.crt")  # fmt: skip
        self.server = self.issue("server", host)

    def issue(self, name: str, host: str, days: int = 2) -> ssl.SSLContext:
        """A server of this authority. Its certificate expires after so many days, which may be over."""
        self._openssl("req", *_NEW_KEY, "-subj", f"/CN={name}",
                      "-keyout", f"{name}.key", "-out", f"{name}.csr")  # fmt: skip
        (self.directory / "names").write_text(f"subjectAltName=IP:{host}\n")
        self._openssl("x509", "-req", "-in", f"{name}.csr", "-days", str(days), "-extfile", "names",
                      "-CA", "authority.crt", "-CAkey", "authority.key", "-CAcreateserial",
                      "-out", f"{name}.crt")  # fmt: skip
        return self._context(name)

    def self_signed(self, name: str, host: str) -> ssl.SSLContext:
        """A server that vouches for itself."""
        self._openssl("req", "-x509", *_NEW_KEY, "-days", "2", "-subj", f"/CN={name}",
                      "-addext", f"subjectAltName=IP:{host}", "-keyout", f"{name}.key",
                      "-out", f"{name}.crt")  # fmt: skip
        return self._context(name)

    def _context(self, name: str) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.directory / f"{name}.crt", self.directory / f"{name}.key")
        return context

    def hashed(self, directory: Path) -> Path:
        """A directory that holds the authority under OpenSSL's name for it, as a package's certs/ does."""
        directory.mkdir(parents=True)
        name = self._openssl("x509", "-hash", "-noout", "-in", "authority.crt").strip()
        shutil.copy(self.certificate, directory / f"{name}.0")
        return directory

    def _openssl(self, *arguments: str) -> str:
        program = locations.tool("openssl", "apt-get install openssl")
        return subprocess.run(
            [program, *arguments], cwd=self.directory, check=True, capture_output=True, text=True
        ).stdout
