"""The package: one small static executable with certificates."""

from __future__ import annotations

import os
import re
import shutil
import stat
import subprocess
import zipfile
from pathlib import Path

import pytest

from support import locations
from support.bench import Bench
from support.dialect import Dialect
from support.events import hello
from support.waiting import PATIENCE_SECONDS, eventually

PRODUCTS = ["HelloSession", "QueueWorker", "AgentAPI", "Orchestrator", "Responder", "ProbeFunction"]
# 2 % above the package of AWS's own Swift runtime, which has neither tracing nor an HTTP client (7.2 MB).
MAXIMUM_ZIP_BYTES = 7_344_000
#: What the client of models adds, to the functions that use it.
MODELS_BYTES = 150_000
#: Requirements of Swift's runtime; Lambda's sandbox has both.
ROOT_HOLDS = ["proc", "tmp"]


@pytest.mark.parametrize("product", PRODUCTS)
def test_the_executable_is_static_and_stripped(product: str) -> None:
    bootstrap = locations.bootstrap(product)

    kind = _output_of(locations.tool("file", "apt-get install file"), "--brief", bootstrap)
    libraries = subprocess.run(
        [locations.tool("ldd", "apt-get install libc-bin"), bootstrap], capture_output=True, text=True, check=False
    )

    assert re.search(r"ELF 64-bit LSB executable, x86-64.*statically linked", kind), kind
    assert ", stripped" in kind, kind
    assert "not a dynamic executable" in libraries.stdout + libraries.stderr
    assert os.access(bootstrap, os.X_OK)


@pytest.mark.parametrize("product", PRODUCTS)
def test_the_zip_is_small_and_holds_the_executable_and_its_certificates(product: str) -> None:
    path = locations.package_zip(product)

    assert path.stat().st_size < MAXIMUM_ZIP_BYTES + (MODELS_BYTES if product in {"AgentAPI", "Responder"} else 0)
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        members = {member.filename: member for member in archive.infolist()}
        bootstrap = members.pop("bootstrap")
        assert archive.read("bootstrap") == locations.bootstrap(product).read_bytes()
    assert stat.S_IMODE(bootstrap.external_attr >> 16) == 0o755
    assert all(name.startswith("certs/") for name in members)
    certificates = [name for name in members if re.fullmatch(r"certs/[0-9a-f]{8}\.[0-9]+", name)]
    assert len(certificates) > 100
    assert all(stat.S_IMODE(members[name].external_attr >> 16) == 0o644 for name in certificates)


def objects(product: str) -> list[Path]:
    """What the product is linked from."""
    builds = locations.ROOT / ".build" / "static" / "release"
    paths = builds / f"{product}.product" / "Objects.LinkFileList"
    if not paths.is_file():
        locations.missing(str(paths), f"./build.sh package {product}")
    return [Path(path.strip("'")) for path in paths.read_text().splitlines()]


@pytest.mark.parametrize("product", PRODUCTS)
def test_no_object_holds_the_length_of_its_sources_path(product: str) -> None:
    """The optimizer drops the path of a file from the check of withoutActuallyEscaping, and keeps its length."""
    objdump = locations.tool("objdump", "apt-get install binutils")
    check = "swift_isEscapingClosureAtFileLocation"
    users = [path for path in objects(product) if check.encode() in path.read_bytes()]
    assert any(path.name == "CurlHandle.swift.o" for path in users), "the test looks at the wrong objects"

    for path in users:
        code = _output_of(objdump, "--disassemble", "--reloc", "--no-show-raw-insn", path)
        # The third argument is the length of the file's name.
        lengths = re.findall(r"mov +\$0x([0-9a-f]+),%edx(?:(?!call).)*call[^\n]*\n[^\n]*" + check, code, re.DOTALL)
        assert lengths, f"no call of {check} can be read in {path}"
        assert {int(length, 16) for length in lengths} == {len("withoutActuallyEscaping")}, path


@pytest.mark.slow
def test_packages_are_the_same_bytes_wherever_the_checkout_is(tmp_path: Path) -> None:
    listed = _output_of("git", "-C", locations.ROOT, "ls-files", "-z", "--cached", "--others", "--exclude-standard")
    zips = []
    for name in ["a", "a-checkout-whose-path-has-another-length"]:
        checkout = tmp_path / name
        for file in filter(None, listed.split("\0")):
            source, copy = locations.ROOT / file, checkout / file
            # A file that was just deleted is listed still.
            if source.is_file():
                copy.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(source, copy, follow_symlinks=False)
        (checkout / ".build").mkdir()
        (checkout / ".build" / "static-curl").symlink_to(locations.ROOT / ".build" / "static-curl")
        subprocess.run([checkout / "build.sh", "package", "HelloSession"], check=True)
        zips.append((checkout / ".build" / "lambda" / "HelloSession" / "HelloSession.zip").read_bytes())

    assert zips[0] == zips[1]


def test_the_certificates_are_found_by_openssl(tmp_path: Path) -> None:
    with zipfile.ZipFile(locations.package_zip("HelloSession")) as archive:
        archive.extractall(tmp_path)
    openssl = locations.tool("openssl", "apt-get install openssl")

    for certificate in sorted((tmp_path / "certs").iterdir())[:10]:
        # Each authority is its own issuer: OpenSSL finds it by its name in the directory, or not at all.
        verdict = _output_of(openssl, "verify", "-no-CAfile", "-CApath", tmp_path / "certs", certificate)
        assert verdict.strip().endswith(": OK")


def test_it_serves_an_invocation_in_a_root_that_holds_nothing_else(bench: Bench, tmp_path: Path) -> None:
    root = tmp_path / "root"
    for name in ROOT_HOLDS:
        (root / name).mkdir(parents=True)
    program = root / "bootstrap"
    program.write_bytes(locations.bootstrap("HelloSession").read_bytes())
    program.chmod(0o755)
    tap, api = bench.tap(), bench.runtime_api()
    unshare: list[str | Path] = [
        locations.tool("unshare", "apt-get install util-linux"),
        "--mount",
        "--pid",
        "--fork",
        "--kill-child",
    ]
    if os.geteuid() != 0:
        unshare += ["--user", "--map-root-user"]
    function = bench.function(
        api,
        {**Dialect.PROTOBUF.environment(tap.address), "LAMBDA_TASK_ROOT": "/"},
        command=lambda _: [*unshare, "--root", root, "--mount-proc", "/bootstrap"],
    )

    eventually(
        lambda: api.polls.snapshot() or not function.is_running,
        lambda: f"a first /next: {function.log}",
    )
    assert function.is_running, f"nothing runs in an empty root on this machine:\n{function.log}"
    reply = api.response(api.offer(hello("alone")))

    assert reply["result"] == "enola"
    assert len(tap.delivered) == 3
    assert function.lines == []


@pytest.mark.parametrize("product", [*PRODUCTS, "StreamingProbe"])
def test_the_executable_tells_its_version(product: str) -> None:
    source = (locations.ROOT / "Sources/TracedLambda/TracedLambdaVersion.swift").read_text()
    found = re.search(r'"([0-9][^"]*)"', source)
    assert found is not None

    assert _output_of(locations.bootstrap(product), "--version") == f"TracedLambda {found[1]}\n"


def _output_of(*command: str | Path) -> str:
    return subprocess.run(
        [str(word) for word in command], check=True, capture_output=True, text=True, timeout=PATIENCE_SECONDS
    ).stdout
