"""Formats the ledger as a table."""

from __future__ import annotations

from collections.abc import Sequence

from .site import LATENESS_SLACK_SECONDS, Account

_COLUMNS = (
    "fault", "workers", "invoked", "killed", "made", "collected", "dropped", "announced", "gap", "undeclared",
    "doubled", "(allowed)", "felt", "late", "worst ms", "paused ms", "budget ms", "recovery s", "MB more", "",
)  # fmt: skip


def verdict(account: Account) -> str:
    return "OPEN" if account.objections else "closes"


def table(accounts: Sequence[Account]) -> str:
    rows = [_COLUMNS, *(_row(account) for account in accounts)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_COLUMNS))]
    lines = ["  ".join(_aligned(row, widths)).rstrip() for row in rows]
    return "\n".join(["", *lines, "", *_legend()])


def _row(account: Account) -> tuple[str, ...]:
    numbers = (
        account.workers, account.invocations, account.kills, account.made, account.collected, account.dropped,
        account.announced, account.gap, account.undeclared, account.forbidden_duplicates, account.allowed_duplicates,
        account.incomplete_flushes, account.late, account.worst_overhead_milliseconds, account.longest_pause_milliseconds,
        account.budget_milliseconds,
        "-" if account.recovery_seconds is None else account.recovery_seconds, account.grown_kib // 1_024,
    )  # fmt: skip
    return (account.fault, *map(str, numbers), verdict(account))


def _aligned(row: Sequence[str], widths: Sequence[int]) -> list[str]:
    name, *numbers = row
    return [name.ljust(widths[0]), *(text.rjust(width) for text, width in zip(numbers, widths[1:], strict=True))]


def _legend() -> list[str]:
    slack = round(LATENESS_SLACK_SECONDS * 1_000)
    return [
        "made:       spans that handlers wrote down when they began them",
        "collected:  of those, what is in requests to which rotel, the collector, answered 2xx",
        "dropped:    spans that the function's log counts as lost",
        "announced:  spans of which the log said that the end of the process would lose them, before it was killed",
        "gap:        made - collected - dropped; a ledger closes with 0, or at most with what was announced",
        "undeclared: collected, though no handler wrote them down: spans that killed invocations had just begun; some",
        "            can be dropped, so with kills the gap may be a little below 0",
        "doubled:    collected again after the function was sent the answer; (allowed): where no answer was received",
        "felt:       flushes after which the function's log says that spans were left or lost; of those that left spans",
        "            for the same reason, the first of a process",
        f"late:       answers later than the handler's time + the flush budget + {slack} ms of slack",
        "worst ms:   the longest that an answer took beyond its handler's time and the machine's pauses",
        "paused ms:  the longest pause of the machine in one call: another machine had the processor, a program waited",
        "            for the disk, this suite did not run, or threads of the function waited for a processor: the one that",
        "            answers, and one with a connection of its flush",
        "recovery s: the longest time from the end of a fault to the first span that arrived",
        "MB more:    the most memory of a process beyond that of its first idle moment",
    ]
