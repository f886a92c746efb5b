"""The workbench's limits in docs/configuration.md, compared with its sources."""

from __future__ import annotations

from support.locations import ROOT
from support.swift_constants import constants, told_values

TITLE = "\n## Limits of the workbench\n"
#: Numbers that limit nothing: parts of formats, columns of a terminal, and buffers of a fixed size.
NO_LIMITS = {
    "GRPCRoutes.prefixBytes", "EventStreamMessage.frameBytes", "GzipInflater.chunkBytes", "TerminalSettings.defaultWidthColumns",
    "TerminalSettings.leastWidthColumns", "GatewayReply.statusRange", "FunctionSettings.noTimeoutSeconds",
}  # fmt: skip


def rows() -> dict[str, str]:
    text = (ROOT / "docs" / "configuration.md").read_text("utf-8").split(TITLE)[1].split("\n## ")[0]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines() if line.startswith("| `")]
    found = {row[0].strip("`"): row[1] for row in cells}
    assert len(found) == len(cells), "a limit is told twice"
    return found


def test_every_limit_of_the_workbench_is_told_with_its_value() -> None:
    known = {constant.name: constant for constant in constants(ROOT / "Workbench" / "Sources")}
    assert known.keys() >= NO_LIMITS, f"gone: {NO_LIMITS - known.keys()}"
    told = rows()
    limits = {name: constant for name, constant in known.items() if name not in NO_LIMITS}
    assert told.keys() == limits.keys(), f"missing: {limits.keys() - told.keys()}; unknown: {told.keys() - limits.keys()}"
    wrong = {name: (cell, limits[name].values) for name, cell in told.items() if told_values(cell) != limits[name].values}
    assert wrong == {}
    assert [name for name, cell in told.items() if not cell.endswith((limits[name].unit, "KiB", "MiB", "GiB", "days"))] == []
