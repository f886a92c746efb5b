"""The ceilings of the instruction counts: one number for each kind of work."""

from __future__ import annotations

import json
from pathlib import Path

from .callgrind import Profile

FILE = Path(__file__).resolve().parents[1] / "instruction_ceilings.json"
#: Counts vary by 2 % between runs; the rest allows for a patch release of the compiler or of a library.
_SLACK = 0.1
_NAMED_FUNCTIONS = 15


def above(profile: Profile) -> int:
    """Returns a ceiling slightly above a measured count."""
    return round(profile.total * (1 + _SLACK))


def complaint(kind: str, profile: Profile, ceiling: int) -> str | None:
    """None up to the ceiling; otherwise a message with the excess and the functions with the most instructions."""
    if profile.total <= ceiling:
        return None
    lines = [f"{kind}: {profile.total:,} instructions, ceiling {ceiling:,}. Most of them in:"]
    lines += [f"  {count:>11,}  {name}" for name, count in profile.functions.most_common(_NAMED_FUNCTIONS)]
    lines.append("To compare: ./build.sh ceilings --profile, here and before the change. To accept: ./build.sh ceilings")
    return "\n".join(lines)


def load() -> dict[str, int]:
    """Loads the ceilings by kind of work."""
    return json.loads(FILE.read_text("utf-8"))


def save(ceilings: dict[str, int]) -> None:
    FILE.write_text(json.dumps(ceilings, indent=2) + "\n", "utf-8")
