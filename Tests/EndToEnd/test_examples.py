"""The examples use what a user's package can use."""

from __future__ import annotations

import json
import subprocess
from typing import Any

from support.locations import ROOT


def manifest() -> dict[str, Any]:
    done = subprocess.run(
        ["swift", "package", "--package-path", str(ROOT), "dump-package"], capture_output=True, text=True, check=True
    )
    return dict(json.loads(done.stdout))


def test_examples_depend_on_products_only() -> None:
    package = manifest()
    libraries = {product["name"] for product in package["products"] if "library" in product["type"]}
    executables = {product["name"] for product in package["products"] if "executable" in product["type"]}
    examples = [target for target in package["targets"] if (target.get("path") or "").startswith("Examples/")]
    assert len(examples) >= 9
    for target in examples:
        names = {dependency["byName"][0] for dependency in target["dependencies"] if "byName" in dependency}
        assert all("byName" in dependency for dependency in target["dependencies"]), target["name"]
        assert names <= libraries | (executables if target["type"] == "test" else set()), target["name"]


def test_the_agent_is_short() -> None:
    sources = ROOT / "Examples" / "AgentAPI" / "Sources"
    lines = [line for path in sources.iterdir() if path.name != "Toolbox.swift" for line in path.read_text().splitlines()]
    assert len(lines) <= 120
