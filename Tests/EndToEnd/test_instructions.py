"""The instruction counts of a start, a warm invocation and a span, which do not depend on the machine's load."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from support import ceilings
from support.callgrind import Profile
from support.instruction_counts import InstructionCounts, unstripped

#: A count far below that of the ceiling does not cover the work.
_LEAST_SHARE = 0.1


@pytest.mark.parametrize("kind", ["start", "invocation", "span"])
def test_it_costs_no_more_instructions_than_its_ceiling(kind: str, tmp_path: Path) -> None:
    ceiling = ceilings.load()[kind]

    profile = getattr(InstructionCounts(unstripped("BenchmarkFunction"), tmp_path), kind)()

    print(f"{kind}: {profile.total:,} instructions, ceiling {ceiling:,}")
    complaint = ceilings.complaint(kind, profile, ceiling)
    if complaint is not None:
        pytest.fail(complaint, pytrace=False)
    assert profile.total > ceiling * _LEAST_SHARE, "the count does not cover the work"


def test_an_exceeded_ceiling_names_the_largest_functions() -> None:
    ceiling = ceilings.above(Profile(Counter({"encode": 900_000, "send": 100_000})))

    assert ceilings.complaint("span", Profile(Counter({"encode": 900_000, "send": 200_000})), ceiling) is None
    complaint = ceilings.complaint("span", Profile(Counter({"encode": 950_000, "send": 90_000, "new": 80_000})), ceiling)

    assert complaint is not None
    first, *functions, last = complaint.splitlines()
    assert first == "span: 1,120,000 instructions, ceiling 1,100,000. Most of them in:"
    assert [line.split()[-1] for line in functions] == ["encode", "send", "new"]
    assert "./build.sh ceilings" in last
