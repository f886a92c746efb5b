"""Compiles the Swift blocks of the documents: each is a target of its own, as if it were a file of the reader's."""

from __future__ import annotations

import fcntl
import hashlib
import re
import subprocess
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from .locations import ROOT
from .markdown import Block, Document

#: Kept between runs, so that only what has changed is compiled.
WORK = ROOT / ".build" / "documentation"
_MANIFEST = """// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "documentation",
    dependencies: [
        .package(name: "swift-traced-lambda", path: "{root}"),
        {dependencies}
    ],
    targets: [
{targets}
    ]
)
for target in package.targets {{
    target.swiftSettings = [.swiftLanguageMode(.v6), .treatAllWarnings(as: .error)]
}}
"""
#: The product and the package of each module that a block may import.
_PRODUCTS = {
    "TracedLambda": "swift-traced-lambda",
    "TracedLambdaModels": "swift-traced-lambda",
    "TracedLambdaTesting": "swift-traced-lambda",
    "Tracing": "swift-distributed-tracing",
    "Logging": "swift-log",
}


@dataclass(frozen=True)
class Target:
    name: str
    block: Block
    #: Whether it is linked into a test, or is one.
    kind: str

    @property
    def imports(self) -> set[str]:
        return set(re.findall(r"^\s*(?:@testable )?(?:public |internal )?import (\w+)", self.block.text, re.MULTILINE))

    def declaration(self, names: Iterable[str]) -> str:
        own = [f'"{name}"' for name in sorted(self.imports & set(names))]
        products = [
            f'.product(name: "{name}", package: "{_PRODUCTS[name]}")' for name in sorted(self.imports & set(_PRODUCTS))
        ]
        return (
            f'        .{self.kind}(name: "{self.name}", dependencies: [{", ".join(own + products)}], '
            f'path: "Sources/{self.name}"),'
        )


def is_manifest(block: Block) -> bool:
    return block.text.startswith("// swift-tools-version")


def targets(documents: Iterable[Document]) -> list[Target]:
    """The targets that the documents' Swift blocks make."""
    found = [
        block
        for document in documents
        for block in document.blocks
        if block.fate == "compiled" and not is_manifest(block)
    ]
    tested = {name for block in found for name in re.findall(r"@testable import (\w+)", block.text)}
    return [Target(_name(block), block, _kind(block, tested)) for block in found]


def _kind(block: Block, tested: set[str]) -> str:
    if re.search(r"^import Testing$", block.text, re.MULTILINE):
        return "testTarget"
    # A library is compiled and not linked; a program is linked only where a test needs it.
    return "executableTarget" if _name(block) in tested else "target"


def _name(block: Block) -> str:
    """That of its program, or of the folder that the document names; else one that changes with the text alone."""
    if found := re.search(r"^@main\s+struct (\w+)", block.text, re.MULTILINE):
        return found[1]
    if block.file and (found := re.match(r"(?:Sources|Tests)/(\w+)/", block.file)):
        return found[1]
    return "Block_" + hashlib.sha256(block.text.encode()).hexdigest()[:10]


@contextmanager
def alone(name: str) -> Iterator[None]:
    """Keeps another process of the tests waiting that wants the same."""
    WORK.mkdir(parents=True, exist_ok=True)
    with (WORK / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def build(documents: Iterable[Document], directory: Path = WORK / "blocks", *, runs_tests: bool = True) -> str:
    """Compiles what the documents' blocks are, and runs those that are tests.

    Returns:
        The compiler's complaints, by the block's place in its document; empty when there is none.
    """
    found = targets(documents)
    names = [target.name for target in found]
    if doubles := {name for name in names if names.count(name) > 1}:
        return f"two blocks are called {', '.join(sorted(doubles))}"
    _write(found, directory)
    output = _swift("build", "--build-tests", directory=directory)
    if output is None and runs_tests:
        output = _swift("test", "--skip-build", directory=directory)
    if output is None:
        return ""
    for target in found:
        output = output.replace(f"{directory}/Sources/{target.name}/{target.name}.swift", target.block.place)
    return output


def _write(found: list[Target], directory: Path) -> None:
    sources = directory / "Sources"
    sources.mkdir(parents=True, exist_ok=True)
    names = [target.name for target in found]
    for stale in {path.name for path in sources.iterdir()} - set(names):
        for file in (sources / stale).iterdir():
            file.unlink()
        (sources / stale).rmdir()
    for target in found:
        (sources / target.name).mkdir(exist_ok=True)
        _write_if_changed(sources / target.name / f"{target.name}.swift", target.block.text)
    packages = {_PRODUCTS[name] for target in found for name in target.imports if name in _PRODUCTS}
    pins = _root_pins()
    manifest = _MANIFEST.format(
        root=ROOT,
        dependencies="".join(pins[name] for name in sorted(packages - {"swift-traced-lambda"})),
        targets="\n".join(target.declaration(names) for target in found),
    )
    _write_if_changed(directory / "Package.swift", manifest)


def _root_pins() -> dict[str, str]:
    """The root package's own declarations of its dependencies, by the packages' names."""
    manifest = (ROOT / "Package.swift").read_text("utf-8")
    return {
        url.rsplit("/", 1)[1].removesuffix(".git"): line
        for line, url in re.findall(r'(\.package\(url: "([^"]+)"[^)]*\),)', manifest)
    }


def _write_if_changed(path: Path, text: str) -> None:
    """An unchanged file keeps its time, so that it is not compiled again."""
    if not path.is_file() or path.read_text("utf-8") != text:
        path.write_text(text, "utf-8")


def _swift(*arguments: str, directory: Path) -> str | None:
    """Runs SwiftPM; its output when it fails."""
    command = ["swift", arguments[0], "--package-path", str(directory), *arguments[1:]]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    return None if done.returncode == 0 else done.stdout + done.stderr
