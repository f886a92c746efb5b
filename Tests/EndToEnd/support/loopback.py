"""Addresses on loopback that no other process has."""

from __future__ import annotations

import random
import socket
from typing import NamedTuple


class Address(NamedTuple):
    host: str
    port: int

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"

    @property
    def url(self) -> str:
        return f"http://{self}"


def own_host() -> str:
    """A loopback host of its own, of the 16 million that Linux has.

    Programs that cannot be given port 0 need a port that is free until they bind it: on a host that nobody else uses no
    other program, and no connection on its way out, can take it meanwhile.
    """
    generator = random.SystemRandom()
    return f"127.{generator.randint(1, 254)}.{generator.randint(1, 254)}.{generator.randint(1, 254)}"


def reserve() -> Address:
    """An address on which nobody listens, for a program that is about to."""
    with socket.socket() as probe:
        probe.bind((own_host(), 0))
        return Address(*probe.getsockname())


def is_listening(address: Address) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(address) == 0
