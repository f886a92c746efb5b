"""Instruction counts of a program, function by function, by valgrind's callgrind."""

from __future__ import annotations

import re
import subprocess
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from . import locations

#: Makes names and costs stand as they are, not as references and differences to lines before.
_OPTIONS = ("--tool=callgrind", "--compress-strings=no", "--compress-pos=no")
_COST = re.compile(r"^(?:0x[0-9a-f]+|\d+) (\d+)$")


@dataclass(frozen=True)
class Profile:
    """How many instructions each function has executed by itself, what it calls not counted."""

    functions: Counter[str] = field(default_factory=Counter)

    @property
    def total(self) -> int:
        return sum(self.functions.values())

    def __sub__(self, other: Profile) -> Profile:
        difference = Counter(self.functions)
        difference.subtract(other.functions)
        return Profile(difference)

    def divided(self, divisor: int) -> Profile:
        """A share of it: what one of several repetitions has cost."""
        return Profile(Counter({name: round(count / divisor) for name, count in self.functions.items()}))


def command(counts: Path, program: Sequence[str | Path]) -> list[str | Path]:
    """The command that runs a program and, when it ends, by a signal or not, writes its counts into a file."""
    return [_valgrind(), *_OPTIONS, f"--callgrind-out-file={counts}", *program]


def read(counts: Path) -> Profile:
    """Reads such a file."""
    functions: Counter[str] = Counter()
    function = ""
    is_call = False
    for line in counts.read_text().splitlines():
        if line.startswith("fn="):
            function = line[3:]
        elif line.startswith("calls="):
            # The line after it has the cost of what was called, which is counted where it was spent.
            is_call = True
        elif cost := _COST.match(line):
            if not is_call:
                functions[function] += int(cost[1])
            is_call = False
    profile = Profile(functions)
    total = re.search(r"^(?:totals|summary): (\d+)$", counts.read_text(), re.MULTILINE)
    assert total and int(total[1]) == profile.total, f"{counts} does not add up"
    return Profile(_readable(functions))


def _readable(functions: Counter[str]) -> Counter[str]:
    """Names as they stand in the source. Specialisations that have the same name then are counted as one."""
    names = list(functions)
    readable: Counter[str] = Counter()
    for name, text in zip(names, _demangled(names), strict=True):
        # callgrind tells levels of recursion apart.
        readable[re.sub(r"'\d+$", "", text)] += functions[name]
    return readable


def _demangled(names: Iterable[str]) -> list[str]:
    swift = locations.tool("swift", "https://www.swift.org/install")
    text = "\n".join(names) + "\n"
    done = subprocess.run([swift, "demangle", "--simplified"], input=text, capture_output=True, text=True, check=True)
    return done.stdout.splitlines()


def _valgrind() -> Path:
    return locations.tool("valgrind", "apt-get install valgrind")
