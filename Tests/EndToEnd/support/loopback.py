"""Loopback addresses that no other process uses."""

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
    """A random loopback host; Linux has 16 million of them.

    Some programs cannot be given port 0. They need a port that stays free until they bind it: on a host that nobody
    else uses, no other program and no outgoing connection can take it meanwhile.
    """
    generator = random.SystemRandom()
    return f"127.{generator.randint(1, 254)}.{generator.randint(1, 254)}.{generator.randint(1, 254)}"


def reserve() -> Address:
    """Finds a free address for a program that is about to listen on it."""
    with socket.socket() as probe:
        probe.bind((own_host(), 0))
        return Address(*probe.getsockname())


def is_listening(address: Address) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(address) == 0
