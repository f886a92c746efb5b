"""Where the things under test and the tools are; what is missing is a failure that says what to run."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import NoReturn

import pytest

ROOT = Path(__file__).resolve().parents[3]

#: Holds PRODUCT/bootstrap and PRODUCT/PRODUCT.zip, as `./build.sh package PRODUCT` makes them.
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
    """The collector's executable, which its Python package holds."""
    try:
        import rotel as package
    except ImportError:
        missing("the Python package rotel", "pip install -r Tests/EndToEnd/requirements.txt")
    return _existing(Path(package.__file__).parent / "rotel-agent", "pip install -r Tests/EndToEnd/requirements.txt")


def mlflow_python() -> Path:
    """The Python that has MLflow, in an environment of its own."""
    return _existing(TOOLS / "mlflow" / "bin" / "python", "./build.sh test --all, which installs it")


def tool(name: str, how_to_get_it: str) -> Path:
    """A program on PATH, or among the tools that build.sh keeps."""
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
