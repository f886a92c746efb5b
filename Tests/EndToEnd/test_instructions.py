"""What a start, a warm invocation and a span cost, in instructions: a guard that no other load on the machine disturbs."""

from __future__ import annotations

from pathlib import Path

import pytest

from support import ceilings
from support.instruction_counts import InstructionCounts, unstripped

#: Far less than when the ceiling was set, and the count does not cover the work.
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
