"""Prints the public declarations of modules, one per line and sorted, from the symbol graphs of a directory."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any


def declarations(graph: dict[str, Any], module: str) -> set[str]:
    """The public symbols of one graph, without those that only a conformance adds."""
    lines = set()
    for symbol in graph["symbols"]:
        if symbol["accessLevel"] not in ("public", "open") or "::SYNTHESIZED::" in symbol["identifier"]["precise"]:
            continue
        fragments = symbol.get("declarationFragments", [])
        declaration = " ".join("".join(fragment["spelling"] for fragment in fragments).split())
        lines.add(f"{module}.{'.'.join(symbol['pathComponents'])}: {declaration}")
    return lines


def main(directory: str, *modules: str) -> None:
    lines: set[str] = set()
    for path in sorted(Path(directory).glob("*.symbols.json")):
        # MODULE.symbols.json, or MODULE@OTHER.symbols.json with MODULE's additions to types of OTHER.
        module = path.name.split(".")[0].split("@")[0]
        if module in modules:
            lines |= declarations(json.loads(path.read_text("utf-8")), module)
    print("\n".join(sorted(lines)))


main(*sys.argv[1:])
