"""The ceilings of instruction counts, and the functions that have grown when one is exceeded."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .callgrind import Profile

FILE = Path(__file__).resolve().parents[1] / "instruction_ceilings.json"
#: Counts vary by a tenth of this between runs; the rest allows for a patch release of the compiler.
_SLACK = 0.07
#: The smallest share of a function that is recorded; smaller ones are the long tail of the table.
_LEAST_SHARE = 0.001
_NAMED_FUNCTIONS = 15


@dataclass(frozen=True)
class Ceiling:
    """The ceiling of one kind of work, and the counts when it was recorded."""

    limit: int
    measured: int
    functions: Counter[str]

    @classmethod
    def above(cls, profile: Profile) -> Ceiling:
        """Creates a ceiling slightly above a measured count."""
        least = profile.total * _LEAST_SHARE
        functions = Counter({name: count for name, count in profile.functions.most_common() if count >= least})
        return cls(round(profile.total * (1 + _SLACK)), profile.total, functions)

    def complaint(self, kind: str, profile: Profile) -> str | None:
        """None below the ceiling; otherwise a message with the excess and the functions that have grown."""
        if profile.total <= self.limit:
            return None
        least = self.measured * _LEAST_SHARE
        growth = {
            name: profile.functions[name] - self.functions[name]
            for name in profile.functions
            if profile.functions[name] - self.functions[name] >= least
        }
        lines = [
            f"{kind}: {profile.total:,} instructions, ceiling {self.limit:,}; {self.measured:,} when it was set. Grown:"
        ]
        for name, more in sorted(growth.items(), key=lambda entry: -entry[1])[:_NAMED_FUNCTIONS]:
            lines.append(f"  +{more:>11,}  {self.functions[name]:>11,} → {profile.functions[name]:>11,}  {name}")
        lines.append("If that is what it should cost: ./build.sh ceilings")
        return "\n".join(lines)


def load() -> dict[str, Ceiling]:
    """Loads the ceilings by kind of work."""
    return {
        kind: Ceiling(entry["ceiling"], entry["measured"], Counter(entry["functions"]))
        for kind, entry in json.loads(FILE.read_text("utf-8")).items()
    }


def save(ceilings: dict[str, Ceiling]) -> None:
    entries: dict[str, Any] = {
        kind: {"ceiling": ceiling.limit, "measured": ceiling.measured, "functions": dict(ceiling.functions.most_common())}
        for kind, ceiling in ceilings.items()
    }
    FILE.write_text(json.dumps(entries, indent=1, ensure_ascii=False) + "\n", "utf-8")
