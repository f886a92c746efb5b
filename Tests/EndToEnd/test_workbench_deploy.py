"""`traced-lambda new` and `deploy`, the latter with AWS's CLI against moto's server."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from support import locations
from support.bench import Bench
from support.secret_store import REGION, SecretStore

ROLE = "arn:aws:iam::123456789012:role/answer"
TEMPLATES = ["session", "api", "queue", "streaming"]


def run(
    directory: Path, *arguments: str | Path, environment: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    tools = [str(Path(sys.executable).parent), os.environ["PATH"]]
    return subprocess.run(
        [locations.traced_lambda(), *arguments],
        cwd=directory,
        env={"PATH": os.pathsep.join(tools), "HOME": str(directory), **(environment or {})},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


# deploy


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A folder with a packaged function."""
    zip_file = tmp_path / ".build" / "lambda" / "HelloSession" / "HelloSession.zip"
    zip_file.parent.mkdir(parents=True)
    shutil.copy(locations.package_zip("HelloSession"), zip_file)
    return tmp_path


def credentials(store: SecretStore) -> dict[str, str]:
    return {
        "AWS_ENDPOINT_URL": store.address.url,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_ACCESS_KEY_ID": "administrator",
        "AWS_SECRET_ACCESS_KEY": "administrator",
    }


def role(store: SecretStore) -> str:
    trust = '{"Version": "2012-10-17", "Statement": []}'
    return str(store.client("iam").create_role(RoleName="answer", AssumeRolePolicyDocument=trust)["Role"]["Arn"])


def configuration(store: SecretStore) -> Any:
    return store.client("lambda").get_function(FunctionName="HelloSession")["Configuration"]


def test_a_function_is_created_and_then_updated_with_a_version_each_time(bench: Bench, package: Path) -> None:
    store = bench.secret_store()
    arguments = ["deploy", "HelloSession", "--role", role(store)]

    created = run(package, *arguments, "--env", "HH_PROJECT=it's one", environment=credentials(store))

    assert created.returncode == 0, created.stderr
    assert created.stdout.endswith(":function:HelloSession:1\n")
    settings = configuration(store)
    assert (settings["Runtime"], settings["Handler"], settings["Architectures"]) == ("provided.al2023", "bootstrap", ["x86_64"])
    assert (settings["MemorySize"], settings["Timeout"]) == (256, 15)
    assert settings["Environment"]["Variables"] == {"HH_PROJECT": "it's one"}
    assert settings["CodeSize"] == locations.package_zip("HelloSession").stat().st_size

    updated = run(package, *arguments, "--memory", "512", "--timeout", "60", "--json", environment=credentials(store))

    assert updated.returncode == 0, updated.stderr
    assert json.loads(updated.stdout)["MemorySize"] == 512
    settings = configuration(store)
    assert (settings["MemorySize"], settings["Timeout"]) == (512, 60)
    assert settings["Environment"]["Variables"] == {"HH_PROJECT": "it's one"}


def test_a_dry_run_prints_a_script_that_does_the_same(bench: Bench, package: Path) -> None:
    store = bench.secret_store()
    arguments = ["deploy", "HelloSession", "--role", role(store), "--env", "HH_PROJECT=it's one"]

    dry = run(package, *arguments, "--dry-run")

    assert (dry.returncode, dry.stderr) == (0, "")
    assert not store.client("lambda").list_functions()["Functions"]
    environment = {**credentials(store), "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    for _ in range(2):
        subprocess.run(["bash", "-euc", dry.stdout], cwd=package, env=environment, check=True, capture_output=True)
    assert configuration(store)["Environment"]["Variables"] == {"HH_PROJECT": "it's one"}


def test_what_cannot_be_deployed_is_told(bench: Bench, package: Path, tmp_path: Path) -> None:
    store = bench.secret_store()

    unknown_role = run(package, "deploy", "HelloSession", "--role", ROLE, environment=credentials(store))
    assert unknown_role.returncode == 1 and "role" in unknown_role.stderr

    missing = run(package, "deploy", "Other", "--role", ROLE)
    assert missing.returncode == 64 and "traced-lambda package Other" in missing.stderr

    no_aws = run(package, "deploy", "HelloSession", "--role", ROLE, environment={"PATH": str(tmp_path)})
    assert no_aws.returncode == 69 and "AWS's command line is needed" in no_aws.stderr


# new


@pytest.mark.parametrize("template", TEMPLATES)
def test_a_new_package_is_well_formed(tmp_path: Path, template: str) -> None:
    made = run(tmp_path, "new", "order-worker", "--template", template)

    assert made.returncode == 0, made.stderr
    package = tmp_path / "order-worker"
    shutil.copy(locations.ROOT / ".swift-format", tmp_path)
    for command in (
        ["swift", "format", "lint", "--strict", "--recursive", package],
        [Path(sys.executable).with_name("cfn-lint"), package / "template.yaml"],
    ):
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stdout + done.stderr) == (0, "")
    assert run(tmp_path, "new", "order-worker").returncode == 1


@pytest.mark.slow
@pytest.mark.parametrize("template", TEMPLATES)
def test_a_new_package_passes_its_test(tmp_path: Path, template: str) -> None:
    assert run(tmp_path, "new", "order-worker", "--template", template).returncode == 0

    command = ["swift", "test", "--package-path", tmp_path / "order-worker"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout + done.stderr
    assert "passed" in done.stdout


@pytest.mark.parametrize("name", ["", "1st", "a b", "a/b", "../a", "TracedLambda", "x" * 65])
def test_a_name_that_cannot_be_is_refused(tmp_path: Path, name: str) -> None:
    assert run(tmp_path, "new", "--", name).returncode == 64
    assert not list(tmp_path.iterdir())
