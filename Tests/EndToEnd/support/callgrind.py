"""Instruction counts of a program by function, measured with valgrind's callgrind."""

from __future__ import annotations

import re
import subprocess
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from . import locations

#: Writes names and costs in full, not as references and differences to earlier lines.
_OPTIONS = ("--tool=callgrind", "--compress-strings=no", "--compress-pos=no")
#: Callgrind's mark for a level of recursion.
_RECURSION = re.compile(r"'\d+$")
_COST = re.compile(r"^(?:0x[0-9a-f]+|\d+) (\d+)$")


@dataclass(frozen=True)
class Profile:
    """The instruction counts of each function: exclusive and inclusive."""

    functions: Counter[str] = field(default_factory=Counter)
    inclusive: Counter[str] = field(default_factory=Counter)

    @property
    def total(self) -> int:
        return sum(self.functions.values())

    def __sub__(self, other: Profile) -> Profile:
        functions, inclusive = Counter(self.functions), Counter(self.inclusive)
        functions.subtract(other.functions)
        inclusive.subtract(other.inclusive)
        return Profile(functions, inclusive)

    def divided(self, divisor: int) -> Profile:
        """Divides all counts, for the cost of one of several repetitions."""
        return Profile(*(
            Counter({name: round(count / divisor) for name, count in counts.items()})
            for counts in (self.functions, self.inclusive)
        ))


def command(counts: Path, program: Sequence[str | Path]) -> list[str | Path]:
    """The command that runs a program and writes its counts to a file when it ends, also when a signal ends it."""
    return [_valgrind(), *_OPTIONS, f"--callgrind-out-file={counts}", *program]


def read(counts: Path) -> Profile:
    """Parses a file of counts."""
    functions: Counter[str] = Counter()
    called: Counter[str] = Counter()
    function = callee = ""
    is_call = False
    total = 0
    for line in counts.read_text().splitlines():
        if line.startswith("fn="):
            function = line[3:]
        elif line.startswith("cfn="):
            callee = line[4:]
        elif line.startswith("calls="):
            # The next line has the cost of the call.
            is_call = True
        elif cost := _COST.match(line):
            if not is_call:
                functions[function] += int(cost[1])
            elif callee != function:
                called[function] += int(cost[1])
            is_call = False
        elif line.startswith("totals: "):
            total = int(line[8:])
    assert total == functions.total(), f"{counts} does not add up"
    readable = _readable(functions)
    # The cost of recursive calls is already included in that of the outermost call.
    outermost = Counter({name: count for name, count in (functions + called).items() if not _RECURSION.search(name)})
    return Profile(_renamed(functions, readable), _renamed(outermost, readable))


def _renamed(counts: Counter[str], names: dict[str, str]) -> Counter[str]:
    renamed: Counter[str] = Counter()
    for name, count in counts.items():
        renamed[_RECURSION.sub("", names[name])] += count
    return renamed


def _readable(functions: Iterable[str]) -> dict[str, str]:
    """Names as in the source; several specialisations of a function may have the same name."""
    names = list(functions)
    return dict(zip(names, _demangled(names), strict=True))


def _demangled(names: Iterable[str]) -> list[str]:
    swift = locations.tool("swift", "https://www.swift.org/install")
    text = "\n".join(names) + "\n"
    done = subprocess.run([swift, "demangle", "--simplified"], input=text, capture_output=True, text=True, check=True)
    return done.stdout.splitlines()


def _valgrind() -> Path:
    return locations.tool("valgrind", "apt-get install valgrind")
