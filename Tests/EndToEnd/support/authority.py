"""A certificate authority for tests."""

from __future__ import annotations

import shutil
import ssl
import subprocess
from pathlib import Path

from . import locations

_NEW_KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")


class Authority:
    """A certificate authority with one server, created for each test."""

    def __init__(self, directory: Path, host: str) -> None:
        directory.mkdir(parents=True)
        self.directory = directory
        self.certificate = directory / "authority.crt"
        self._openssl("req", "-x509", *_NEW_KEY, "-days", "2", "-subj", "/CN=Test authority",
                      "-keyout", "authority.key", "-out", "authority.crt")  # fmt: skip
        self._openssl("req", *_NEW_KEY, "-subj", "/CN=collector",
                      "-keyout", "server.key", "-out", "server.csr")  # fmt: skip
        self.certify_for(host)

    def certify_for(self, host: str) -> None:
        """Issues the server's certificate for a host."""
        (self.directory / "names").write_text(f"subjectAltName=IP:{host}\n")
        self._openssl("x509", "-req", "-in", "server.csr", "-days", "2", "-extfile", "names", "-CA", "authority.crt",
                      "-CAkey", "authority.key", "-CAcreateserial", "-out", "server.crt")  # fmt: skip

    def certify(self, start: str, end: str) -> None:
        """Issues another certificate for the server, with a validity period (YYMMDDHHMMSSZ)."""
        (self.directory / "index").write_text("")
        (self.directory / "ca.conf").write_text(
            "[ca]\ndefault_ca = own\n[own]\ndatabase = index\nnew_certs_dir = .\nrand_serial = yes\n"
            "default_md = sha256\npolicy = any\n[any]\ncommonName = supplied\n"
        )
        self._openssl("ca", "-batch", "-config", "ca.conf", "-in", "server.csr", "-out", "server.crt", "-notext",
                      "-cert", "authority.crt", "-keyfile", "authority.key", "-extfile", "names",
                      "-startdate", start, "-enddate", end)  # fmt: skip

    def sign_itself(self) -> None:
        """Gives the server a self-signed certificate."""
        self._openssl("x509", "-req", "-in", "server.csr", "-days", "2", "-extfile", "names",
                      "-signkey", "server.key", "-out", "server.crt")  # fmt: skip

    @property
    def server(self) -> ssl.SSLContext:
        """The server's TLS context with its current certificate."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.directory / "server.crt", self.directory / "server.key")
        return context

    def hashed(self, directory: Path) -> Path:
        """Creates a directory with the authority under OpenSSL's hashed name, like a package's certs/."""
        directory.mkdir(parents=True)
        name = self._openssl("x509", "-hash", "-noout", "-in", "authority.crt").strip()
        shutil.copy(self.certificate, directory / f"{name}.0")
        return directory

    def _openssl(self, *arguments: str) -> str:
        program = locations.tool("openssl", "apt-get install openssl")
        return subprocess.run(
            [program, *arguments], cwd=self.directory, check=True, capture_output=True, text=True
        ).stdout
