"""The named limits in Swift sources: constants whose name ends with a unit."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_TYPE = re.compile(r"^( *)(?:(?:package|public|private|fileprivate|final|indirect) )*(?:struct|class|enum|extension|protocol) ([\w.]+)")
_CONSTANT = re.compile(r"^( *)(?:(?:package|public|private|fileprivate) )?static let (\w+)(?:: \w+)? = ([\d_.]+(?:(?: \* |\.\.\.)[\d_.]+)*)$")
#: The ends of names of limits, and the units of their values; a count has none.
UNITS = {
    "Bytes": "bytes", "Microseconds": "µs", "Milliseconds": "ms", "Seconds": "s", "Megabytes": "MB",
    "Scalars": "Unicode scalars", "Characters": "characters", "Columns": "columns", "Count": "", "Limit": "", "Factor": "",
    "Share": "", "Range": "", "range": "",
}  # fmt: skip
_MULTIPLES = {"KiB": 1_024, "MiB": 1_024**2, "GiB": 1_024**3, "days": 86_400}


@dataclass(frozen=True)
class Constant:
    #: The type and the constant, as in `RuntimeLimits.eventBytes`.
    name: str
    #: The numbers of the value; two for a range.
    values: tuple[float, ...]
    unit: str
    #: The comment above it.
    comment: str


def constants(folder: Path) -> Iterator[Constant]:
    """The constants of all Swift files of a folder, but for generated ones."""
    for file in sorted(folder.rglob("*.swift")):
        if "Generated" not in file.parts:
            yield from _constants(file.read_text("utf-8").splitlines())


def _constants(lines: list[str]) -> Iterator[Constant]:
    types: list[tuple[int, str]] = []
    comment: list[str] = []
    for line in lines:
        if line.strip().startswith("///"):
            comment.append(line.strip().removeprefix("///").strip())
            continue
        if found := _TYPE.match(line):
            types = [kind for kind in types if kind[0] < len(found[1])] + [(len(found[1]), found[2])]
        elif (found := _CONSTANT.match(line)) and (unit := _unit(found[2])) is not None:
            inside = [name for indent, name in types if indent < len(found[1])]
            yield Constant(f"{'.'.join(inside)}.{found[2]}", _values(found[3]), unit, " ".join(comment))
        comment = []


def _unit(name: str) -> str | None:
    return next((unit for word, unit in UNITS.items() if name.endswith(word)), None)


def _values(expression: str) -> tuple[float, ...]:
    values = []
    for part in expression.split("..."):
        product = 1.0
        for factor in part.replace("_", "").split(" * "):
            product *= float(factor)
        values.append(product)
    return tuple(values)


def told_values(cell: str) -> tuple[float, ...]:
    """The numbers of a table's cell, in the unit of the constant: `16 MiB`, `1,024`, `7 days`, `128 to 10,240 MB`."""
    numbers = re.findall(r"[\d,]+(?:\.\d+)?", cell)
    factor = next((factor for unit, factor in _MULTIPLES.items() if cell.endswith(unit)), 1)
    return tuple(float(number.replace(",", "")) * factor for number in numbers)
