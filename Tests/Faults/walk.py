"""A random walk: invocations, faults of the network, of `/tmp` and of the process, in any combination and order."""

from __future__ import annotations

import json
import random
import time
import traceback
from collections.abc import Callable
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from pathlib import Path

from support.collector_tap import Answer, Behaviour, Drop, Forward, Silence
from support.loopback import Address

from . import process_faults, report, tmp_faults
from .behaviours import Sometimes, ThenSend, ThenSilence
from .fault_proxy import HEALTHY
from .sandbox import Event
from .site import Account, Site

#: The steps between two accounts. Each part has a sandbox of its own, so parts run at the same time.
STEPS_IN_A_PART = 100
_PARTS_AT_ONCE = 4
_BUDGET_MS = 250
_WORKER_COUNTS = (1, 2, 4, 16)
_SETTLING_SECONDS = 75

#: The collector's states, and whether the function receives the collector's own answer in them.
_STATES: list[tuple[str, Callable[[Site], Behaviour], bool]] = [
    ("healthy", lambda _: HEALTHY, True),
    ("slow", lambda _: Forward(0.05), True),
    ("too slow", lambda _: Forward(0.4), False),
    ("silent", lambda _: Silence(), True),
    ("accepting in silence", lambda _: ThenSilence(), False),
    ("closing", lambda _: Drop(), True),
    ("resetting", lambda _: Drop(reset=True), True),
    ("429", lambda _: Answer(429), True),
    ("429 with Retry-After", lambda _: Answer(429, b"", {"Retry-After": "1"}), True),
    ("503 now and then", lambda site: Sometimes(Answer(503), HEALTHY, site.rng), True),
    ("400", lambda _: Answer(400), True),
    ("413", lambda _: Answer(413), True),
    ("cutting its answer", lambda _: ThenSend(b"HTTP/1.1 200 OK\r\nContent-Le", resets=True), False),
]


class Walk:
    """One part of the walk."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._rng = site.rng
        self._listens = True
        #: The steps so far, for the report of a failure.
        self.steps: list[str] = []

    def step(self) -> None:
        actions: list[tuple[int, Callable[[], str]]] = [
            (40, self._invoke),
            (12, self._change_state),
            (4, self._toggle_listening),
            (10, self._change_tmp),
            (10, self._kill),
            (4, self._die),
            (4, self._end),
            (4, self._freeze),
            (6, self._large),
            (6, self._recover),
        ]
        weights = [weight for weight, _ in actions]
        self.steps.append(self._rng.choices([action for _, action in actions], weights)[0]())

    def _invoke(self) -> str:
        count = self._rng.randint(1, 2 * self._site.worker_count)
        self._site.invoke_several(count, count)
        return f"{count} invocations"

    def _large(self) -> str:
        steps, text_bytes = self._rng.randint(1, 20), self._rng.randint(10_000, 200_000)
        self._site.invoke(Event(steps, text_bytes))
        return f"{steps} spans of {text_bytes} bytes"

    def _change_state(self) -> str:
        name, behaviour, answers = self._rng.choice(_STATES)
        self._site.proxy.strike(behaviour(self._site), answers)
        return f"the collector: {name}"

    def _toggle_listening(self) -> str:
        if self._listens:
            self._site.proxy.stop_listening()
            self._site.proxy.interrupt_connections(reset=self._rng.random() < 0.5)
        else:
            self._site.proxy.listen_again()
        self._listens = not self._listens
        return "the collector: listens" if self._listens else "the collector: refuses connections"

    def _change_tmp(self) -> str:
        changes = {
            "emptied": tmp_faults.emptied,
            "truncated": tmp_faults.truncated,
            "filled": tmp_faults.filled,
            "freed": tmp_faults.freed,
            "replaced": tmp_faults.replaced,
            "opened to all": tmp_faults.opened_to_all,
            "hostile files": tmp_faults.hostile_files,
        }
        name = self._rng.choice(list(changes))
        # What an ended process left, and the new one has not read yet, nobody could miss.
        self._site.invoke_all_workers()
        if len(tmp_faults.journals(self._site)) > self._site.worker_count and name not in ("filled", "freed"):
            return f"/tmp: not {name}, because of an ended process's journal"
        changes[name](self._site)
        # Until its next write, nobody can know; then what waits is written again, or counted.
        self._site.invoke_all_workers()
        return f"/tmp: {name}"

    def _kill(self) -> str:
        self._change_worker_count()
        process_faults.kill(self._site)
        return f"SIGKILL; then {self._site.sandbox.worker_count} workers"

    def _die(self) -> str:
        ending = self._rng.choice(list(process_faults.DEATHS.values()))
        process_faults.die(self._site, ending)
        return ending

    def _end(self) -> str:
        self._site.sandbox.wait_until_idle()
        is_kill = self._rng.random() < 0.5
        if is_kill:
            self._site.sandbox.kill()
        else:
            self._site.sandbox.end()
            self._site.sandbox.kill_count += 1
        self._change_worker_count()
        self._site.start()
        return f"{'SIGKILL' if is_kill else 'SIGTERM'} between invocations"

    def _change_worker_count(self) -> None:
        self._site.change_worker_count(self._rng.choice(_WORKER_COUNTS))

    def _freeze(self) -> str:
        self._site.sandbox.wait_until_idle()
        self._site.sandbox.program.freeze()
        self._site.proxy.interrupt_connections(reset=self._rng.random() < 0.5)
        self._site.sandbox.program.thaw()
        return "frozen, without its connections"

    def _recover(self) -> str:
        self.heal()
        self._site.recover()
        return "recovery"

    def heal(self) -> None:
        tmp_faults.freed(self._site)
        if not self._listens:
            self._listens = True
            self._site.proxy.listen_again()
        self._site.heal()


def walk(step_count: int, seed: str, results: Path, collector: Address) -> int:
    """Returns 0 if all accounts close, 1 otherwise."""
    started = time.monotonic()
    part_count = -(-step_count // STEPS_IN_A_PART)
    accounts: dict[int, Account] = {}
    with ProcessPoolExecutor(_PARTS_AT_ONCE) as pool:
        futures: dict[Future[Account], int] = {}
        for part in range(part_count):
            steps = min(STEPS_IN_A_PART, step_count - part * STEPS_IN_A_PART)
            futures[pool.submit(walk_part, steps, f"{seed}/walk/{part}", results / f"part-{part}", collector)] = part
        for future in as_completed(futures):
            account = accounts[futures[future]] = future.result()
            print(f"    {report.verdict(account):10} part {futures[future]} ({account.seconds} s)", flush=True)
            document = {"seed": seed, "parts": [accounts[part].json for part in sorted(accounts)]}
            (results / "walk.json").write_text(json.dumps(document, indent=2) + "\n")
    ordered = [accounts[part] for part in sorted(accounts)]
    print(report.table(ordered))
    still_open = [account for account in ordered if account.objections]
    for account in still_open:
        print(f"\n{account.fault}: the ledger does not close")
        print("\n".join(f"    {line}" for objection in account.objections for line in objection.splitlines()))
    seconds = round(time.monotonic() - started)
    print(f"\n{step_count} steps in {part_count} parts, {len(still_open)} ledgers open, {seconds} s; seed {seed}")
    return 1 if still_open else 0


def walk_part(step_count: int, seed: str, directory: Path, collector: Address) -> Account:
    """Walks some steps, and closes the account."""
    started = time.monotonic()
    rng = random.Random(seed)
    name = f"part {seed.rsplit('/', 1)[-1]}"
    with Site(name, directory, collector, _BUDGET_MS, rng, max(_WORKER_COUNTS)) as site:
        site.settling_seconds = _SETTLING_SECONDS
        the_walk = Walk(site)
        try:
            site.open_sandbox(tmp_faults.own_file_system()(site))
            for _ in range(step_count):
                the_walk.step()
            the_walk.heal()
            site.settle()
        except Exception:
            site.account.complaints.append(traceback.format_exc())
        if site.account.objections:
            site.account.complaints.append("the steps: " + "; ".join(the_walk.steps))
        site.account.seconds = round(time.monotonic() - started, 1)
        return site.account
