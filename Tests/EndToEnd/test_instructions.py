"""The instruction counts of a start, a warm invocation and a span, which do not depend on the machine's load."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from support import ceilings
from support.callgrind import Profile
from support.ceilings import Ceiling
from support.instruction_counts import InstructionCounts, unstripped

#: A count far below that of the ceiling does not cover the work.
_LEAST_SHARE = 0.1


@pytest.mark.parametrize("kind", ["start", "invocation", "span"])
def test_it_costs_no_more_instructions_than_its_ceiling(kind: str, tmp_path: Path) -> None:
    ceiling = ceilings.load()[kind]

    profile = getattr(InstructionCounts(unstripped("BenchmarkFunction"), tmp_path), kind)()

    print(f"{kind}: {profile.total:,} instructions, ceiling {ceiling.limit:,}")
    complaint = ceiling.complaint(kind, profile)
    if complaint is not None:
        pytest.fail(complaint, pytrace=False)
    assert profile.total > ceiling.measured * _LEAST_SHARE, "the count does not cover the work"


def test_an_exceeded_ceiling_names_the_functions_that_have_grown() -> None:
    ceiling = Ceiling.above(Profile(Counter({"encode": 900_000, "send": 100_000})))

    assert ceiling.complaint("span", Profile(Counter({"encode": 900_000, "send": 150_000}))) is None
    complaint = ceiling.complaint("span", Profile(Counter({"encode": 950_000, "send": 90_000, "new": 80_000})))

    assert complaint is not None
    first, *functions, last = complaint.splitlines()
    assert first == "span: 1,120,000 instructions, ceiling 1,070,000; 1,000,000 when it was set. Grown:"
    assert [line.split()[-1] for line in functions] == ["new", "encode"]
    assert "./build.sh ceilings" in last
