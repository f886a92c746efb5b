"""The public declarations of the framework, read from its sources."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from .locations import ROOT

#: What a function or its tests import.
MODULES = (
    "SessionTracing", "HTTPCalls", "TriggerEvents", "TracedLambda", "TracedLambdaModels", "TestEvents", "TracedLambdaTesting"
)  # fmt: skip
_ATTRIBUTES = r"(?:@\w+(?:\([^)]*\))?\s+)*"
_MODIFIERS = r"(?:(?:static|final|mutating|nonisolated\(nonsending\)|indirect|private\(set\)|override)\s+)*"
_NAMED = r"(?:struct|class|enum|protocol|actor|typealias|associatedtype|func|var|let|case)\s+(\w+)"
_DECLARATION = re.compile(rf"^\s*{_ATTRIBUTES}(?:public\s+|package\s+|private\s+|fileprivate\s+)?{_MODIFIERS}{_NAMED}", re.M)
_PUBLIC = re.compile(rf"^\s*{_ATTRIBUTES}public\s+{_MODIFIERS}{_NAMED}", re.M)
#: A requirement of a protocol, or an enum's case, has its type's access.
_TYPE_WITH_MEMBERS = re.compile(r"^public (?:protocol|enum) .*?^\}", re.M | re.S)
_NESTED_ENUM = re.compile(r"^ {4}public enum .*?^ {4}\}|^ {8}public enum .*?^ {8}\}", re.M | re.S)
_MEMBER = re.compile(rf"^\s+{_MODIFIERS}(?:associatedtype|func|var|case)\s+(.+)$", re.M)
#: What follows a declaration: its body or value, the next one, or the end of what it is in.
_END = re.compile(r"$| [{}=@]| (?:public|package|private|static|final|mutating|init|func|var|let|case|associatedtype)\b")
_LABELLED = re.compile(rf"^\s*{_ATTRIBUTES}(?:public\s+)?{_MODIFIERS}func\s+(\w+)(?:<[^>]*>)?\(([^{{]*)", re.M)


@cache
def _sources() -> dict[Path, str]:
    """Without comments."""
    files = (path for module in MODULES for path in sorted((ROOT / "Sources" / module).rglob("*.swift")))
    return {path: re.sub(r"^\s*//.*\n", "", path.read_text("utf-8"), flags=re.M) for path in files}


@cache
def public_names() -> frozenset[str]:
    """The names of types, functions, properties and cases, without their types."""
    names: set[str] = set()
    for text in _sources().values():
        names.update(_PUBLIC.findall(text))
        for body in (*_TYPE_WITH_MEMBERS.findall(text), *_NESTED_ENUM.findall(text)):
            for member in _MEMBER.findall(body):
                # `case chat, other(Int)` declares two.
                names.update(re.findall(r"(?:^|, )(\w+)", re.sub(r"\([^)]*\)|=.*|:.*", "", member)))
    return frozenset(names | set(MODULES) | {"init"})


@cache
def all_names() -> frozenset[str]:
    """The names of all declarations of the repository's Swift sources, tests included."""
    names: set[str] = set()
    for folder in ("Sources", "Workbench/Sources", "Workbench/Tests", "Examples", "Tests", "Benchmarks"):
        for path in (ROOT / folder).rglob("*.swift"):
            if ".build" not in path.parts:
                names.update(_DECLARATION.findall(path.read_text("utf-8")))
                # A folder, too, has a name in prose.
                names.update(path.relative_to(ROOT).parts)
    # A target in C has no Swift files.
    for folder in ("Sources", "Workbench/Sources"):
        names.update(path.name for path in (ROOT / folder).iterdir())
    for path in (ROOT / "Tests").rglob("*.py"):
        names.update(re.findall(r"^\s*(?:class|def) (\w+)", path.read_text("utf-8"), re.M))
    return frozenset(names)


def has_function(name: str, labels: str) -> bool:
    """Whether there is a public function of this name whose parameters have these labels, others left out: `into:`."""
    wanted = labels.split(":")[:-1]
    for text in _sources().values():
        for found, parameters in _LABELLED.findall(text):
            has = re.findall(r"(?:^|[(,]\s*)(\w+)(?:\s+\w+)?\s*:", parameters)
            if found == name and set(wanted) <= set(has) | {"_"}:
                return True
    return False


def is_declared(signature: str) -> bool:
    """Whether a public declaration stands in the sources as it is written here, but for line breaks and `public`."""
    wanted = _normal(signature)
    for text in _sources().values():
        if any(before.endswith("public ") for before in _places(wanted, text)):
            return True
        # What a public protocol requires, and a public enum's cases, are public without the word.
        for body in (*_TYPE_WITH_MEMBERS.findall(text), *_NESTED_ENUM.findall(text)):
            if any(not re.search(r"(package|private) $", before) for before in _places(wanted, body)):
                return True
    return False


def _places(wanted: str, text: str) -> Iterator[str]:
    """What stands before each whole declaration of a text that reads as wanted, without attributes and modifiers."""
    text, start = _normal(text), -1
    while (start := text.find(wanted, start + 1)) >= 0:
        if _END.match(text, start + len(wanted)):
            yield re.sub(rf"{_ATTRIBUTES}{_MODIFIERS}$", "", text[max(0, start - 80) : start])


@cache
def _normal(text: str) -> str:
    """How lists are broken over lines is no part of a declaration."""
    return re.sub(r"(?<=[(\[]) | (?=[)\]])", "", " ".join(text.split()))


def declarations(block: str) -> list[str]:
    """The declarations of a block of signatures: each begins at a line's start."""
    found: list[str] = []
    for line in block.splitlines():
        line = re.sub(r"\s*//.*", "", line)
        if not line.strip():
            continue
        if line[0] in " )" and found:
            found[-1] += f"\n{line}"
        else:
            found.append(line)
    return found
