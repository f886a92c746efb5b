"""Paths of the packages and tools; a missing one is a failure that names the command to run."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import NoReturn

import pytest

ROOT = Path(__file__).resolve().parents[3]

#: Contains PRODUCT/bootstrap and PRODUCT/PRODUCT.zip, made by `./build.sh package PRODUCT`.
PACKAGES = Path(os.environ.get("TRACED_LAMBDA_PACKAGES", ROOT / ".build" / "lambda"))
TOOLS = ROOT / ".build" / "tools"


def bootstrap(product: str) -> Path:
    return _existing(PACKAGES / product / "bootstrap", f"./build.sh package {product}")


def package_zip(product: str) -> Path:
    return _existing(PACKAGES / product / f"{product}.zip", f"./build.sh package {product}")


def traced_lambda() -> Path:
    """The workbench's executable."""
    path = os.environ.get("TRACED_LAMBDA", ROOT / "Workbench" / ".build" / "debug" / "traced-lambda")
    return _existing(Path(path), "swift build --package-path Workbench")


def emulator() -> Path:
    """Lambda's Runtime Interface Emulator."""
    return tool("aws-lambda-rie-x86_64", "./build.sh test, which takes it out of aws-sam-cli")


def rotel() -> Path:
    """The collector's executable, which is part of its Python package."""
    try:
        import rotel as package
    except ImportError:
        missing("the Python package rotel", "pip install -r Tests/EndToEnd/requirements.txt")
    return _existing(Path(package.__file__).parent / "rotel-agent", "pip install -r Tests/EndToEnd/requirements.txt")


def mlflow_python() -> Path:
    """The Python interpreter of MLflow's environment."""
    return _existing(TOOLS / "mlflow" / "bin" / "python", "./build.sh test --all, which installs it")


def tool(name: str, how_to_get_it: str) -> Path:
    """A program on PATH or in the tools directory of build.sh."""
    found = shutil.which(name, path=os.pathsep.join([os.environ.get("PATH", ""), str(TOOLS)]))
    if found is None:
        missing(name, how_to_get_it)
    return Path(found)


def missing(what: str, how_to_get_it: str) -> NoReturn:
    pytest.fail(f"{what} is missing; run: {how_to_get_it}", pytrace=False)


def _existing(path: Path, how_to_get_it: str) -> Path:
    if not path.is_file():
        missing(str(path), how_to_get_it)
    return path
