"""Packages for `traced-lambda deploy` that nothing runs."""

from __future__ import annotations

import io
import stat
import zipfile


def archive(name: str = "bootstrap", mode: int = 0o755) -> bytes:
    """A zip with one file, by default an executable `bootstrap`."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        entry = zipfile.ZipInfo(name)
        entry.external_attr = (stat.S_IFREG | mode) << 16
        archive.writestr(entry, "#!/bin/sh\n")
    return buffer.getvalue()
