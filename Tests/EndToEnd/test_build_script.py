"""build.sh as it is typed: paths, errors with their remedies, interruption, containers, releases, and the demo."""

from __future__ import annotations

import contextlib
import os
import pty
import re
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
import yaml

from support.locations import ROOT
from support.waiting import PATIENCE_SECONDS, eventually

USAGE, UNAVAILABLE = 64, 69
VERSION_FILE = "Sources/TracedLambda/TracedLambdaVersion.swift"
VERSION = re.search(r'"(.*)"', (ROOT / VERSION_FILE).read_text("utf-8"))[1]  # type: ignore[index]
#: As much as the workbench needs when its build is not up to date.
BUILD_SECONDS = 900

Result = subprocess.CompletedProcess[str]


def run(command: Sequence[str | Path], within: float = PATIENCE_SECONDS, cwd: Path = ROOT, **variables: str) -> Result:
    return subprocess.run(
        [str(word) for word in command],
        cwd=cwd,
        env={**os.environ, **variables},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=within,
        check=False,
    )


def make_checkout(directory: Path) -> Path:
    """A copy of the scripts, without any build; a new git repository is left to the test."""
    directory.mkdir(parents=True)
    for name in ["build.sh", "Dockerfile", "Package.swift"]:
        shutil.copy(ROOT / name, directory)
    shutil.copytree(ROOT / "Scripts", directory / "Scripts")
    version = directory / VERSION_FILE
    version.parent.mkdir(parents=True)
    shutil.copy(ROOT / VERSION_FILE, version)
    return directory


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    return make_checkout(tmp_path / "my checkout")


class FakePrograms:
    """A directory for PATH with the system's programs, of which a test replaces or removes some."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        directory.mkdir()
        for program in Path("/usr/bin").iterdir():
            (directory / program.name).symlink_to(program)

    def add(self, name: str, script: str) -> Path:
        self.remove(name)
        path = self.directory / name
        path.write_text(f"#!/bin/bash\n{script}\n", "utf-8")
        path.chmod(0o755)
        return path

    def remove(self, *names: str) -> None:
        for name in names:
            (self.directory / name).unlink(missing_ok=True)

    @property
    def variables(self) -> dict[str, str]:
        return {"PATH": str(self.directory)}


@pytest.fixture
def programs(tmp_path: Path) -> FakePrograms:
    programs = FakePrograms(tmp_path / "programs")
    programs.remove("docker", "podman", "finch", "sudo")
    programs.add("swift", 'echo "Swift version 6.3.1 (swift-6.3.1-RELEASE)"')
    return programs


# The entry point


def test_the_version_is_that_of_the_source() -> None:
    assert run(["./build.sh", "--version"]).stdout == f"{VERSION}\n"


def test_it_works_from_anywhere(checkout: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "else where"
    elsewhere.mkdir()
    (elsewhere / "link").symlink_to(checkout / "build.sh")
    (elsewhere / "link to link").symlink_to("link")
    (elsewhere / "folder").symlink_to(checkout)
    typed = [
        ([checkout / "build.sh"], elsewhere),
        (["../my checkout/build.sh"], elsewhere),
        (["./link"], elsewhere),
        (["else where/link to link"], tmp_path),
        (["folder/build.sh"], elsewhere),
        (["bash", "build.sh"], checkout),
        (["../build.sh"], checkout / "Scripts"),
    ]

    answers = [run([*command, "--version"], cwd=directory, CDPATH=str(tmp_path)) for command, directory in typed]

    assert [answer.stdout for answer in answers] == [f"{VERSION}\n"] * len(typed)
    assert run(["./link", "lint", "--help"], cwd=elsewhere).stdout.startswith("Usage: ./build.sh lint\n")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("tset", "test"),
        ("Test", "test"),
        ("pakage", "package"),
        ("pack", "package"),
        ("dmeo", "demo"),
        ("instal", "install"),
        ("benches", "bench"),
        ("-version", "--version"),
        ("--contaner", "--container"),
    ],
)
def test_a_mistyped_command_leads_to_the_right_one(typed: str, meant: str) -> None:
    answer = run(["./build.sh", typed])

    assert answer.returncode == USAGE
    assert f"unknown command '{typed}'; did you mean '{meant}'?" in answer.stderr


@pytest.mark.parametrize("typed", ["xyzzy", "../../x", "t", "/bin/sh"])
def test_another_word_leads_to_the_list_of_commands(typed: str) -> None:
    answer = run(["./build.sh", typed])

    assert answer.returncode == USAGE
    assert f"unknown command '{typed}'\n" in answer.stderr
    assert " package " in answer.stderr


@pytest.mark.parametrize("file", sorted((ROOT / "Scripts" / "commands").glob("*.sh")), ids=lambda file: file.stem)
def test_each_command_has_help_and_refuses_an_unknown_option(file: Path) -> None:
    help_text = run(["./build.sh", file.stem, "--help"])

    assert help_text.returncode == 0
    assert help_text.stdout.startswith(f"Usage: ./build.sh {file.stem}")
    if file.stem not in ("bench", "faults", "ceilings"):
        refusal = run(["./build.sh", file.stem, "--nonsense"])
        assert refusal.returncode == USAGE, refusal
        assert "--nonsense" in refusal.stderr


# What the machine lacks


def test_without_swift_it_says_where_to_get_it(programs: FakePrograms) -> None:
    programs.remove("swift")

    answer = run(["./build.sh", "demo"], **programs.variables)

    assert answer.returncode == UNAVAILABLE
    assert "no 'swift' on PATH" in answer.stderr
    assert "https://www.swift.org/install" in answer.stderr


def test_an_old_swift_is_refused(programs: FakePrograms) -> None:
    programs.add("swift", 'echo "Apple Swift version 5.10.1 (swift-5.10.1-RELEASE)"')

    answer = run(["./build.sh", "demo"], **programs.variables)

    assert answer.returncode == UNAVAILABLE
    assert "is Swift 5.10, and 6.2 or later is needed" in answer.stderr


def test_a_system_without_debian_packages_is_sent_to_the_container(programs: FakePrograms) -> None:
    programs.remove("dpkg-query")

    answer = run(["./build.sh", "prepare", "package"], **programs.variables)

    assert answer.returncode == UNAVAILABLE
    assert "libcurl4-openssl-dev" in answer.stderr
    assert "./build.sh --container COMMAND" in answer.stderr


@pytest.mark.parametrize(
    ("system", "machine"),
    [
        ('ID=ubuntu\nPRETTY_NAME="Ubuntu 24.04.3 LTS"\n', "x86_64"),
        ('ID="amzn"\nPRETTY_NAME="Amazon Linux 2023"\n', "x86_64"),
        ('ID=debian\nPRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\n', "aarch64"),
    ],
)
def test_packaging_on_another_system_is_sent_to_the_container(
    system: str, machine: str, programs: FakePrograms, tmp_path: Path
) -> None:
    (tmp_path / "os-release").write_text(system, "utf-8")
    programs.add("uname", f"echo {machine}")

    answer = run(
        ["./build.sh", "package", "HelloSession"],
        **programs.variables,
        OS_RELEASE_FILE=str(tmp_path / "os-release"),
    )

    assert answer.returncode == UNAVAILABLE
    assert system.split('"')[-2] in answer.stderr
    assert machine in answer.stderr
    assert "./build.sh --container package PRODUCT" in answer.stderr


@contextlib.contextmanager
def user_without_rights() -> Iterator[tuple[list[str], Path]]:
    """A prefix for commands that runs them without root's rights, and a directory that they can write to."""
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        if os.geteuid() != 0:
            yield [], directory
            return
        directory.chmod(0o777)
        yield ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"], directory


def test_without_rights_it_names_the_command_for_root() -> None:
    with user_without_rights() as (prefix, directory):
        programs = FakePrograms(directory / "programs")
        programs.remove("sudo")
        programs.add("dpkg-query", "exit 1")
        checkout = make_checkout(directory / "checkout")

        answer = run([*prefix, checkout / "build.sh", "prepare", "package"], cwd=directory, **programs.variables)

    assert answer.returncode == UNAVAILABLE
    assert "as root, run: apt-get update && apt-get install" in answer.stderr
    assert "libcurl4-openssl-dev" in answer.stderr


LOCKED = "E: Could not get lock /var/lib/{0}/lock. It is held by process 42 (unattended-upgr)"


def test_it_waits_for_another_apt(programs: FakePrograms, checkout: Path, tmp_path: Path) -> None:
    programs.add("sudo", '[[ $1 != -n ]] || exit 0\nexec "$@"')
    programs.add("dpkg-query", "exit 1")
    programs.add(
        "apt-get",
        f'''echo "$*" >>{tmp_path}/calls
        if (($(wc -l <{tmp_path}/calls) % 2)); then echo "{LOCKED.format("apt/lists")}" >&2; exit 100; fi''',
    )

    answer = run([checkout / "build.sh", "prepare", "package"], **programs.variables)

    calls = (tmp_path / "calls").read_text("utf-8").splitlines()
    assert answer.returncode == 0, answer
    assert [("update" in call, "install" in call) for call in calls] == [(True, False)] * 2 + [(False, True)] * 2
    assert all("-o DPkg::Lock::Timeout=600 " in call for call in calls)
    logs = [log.read_text("utf-8") for log in (checkout / ".build" / "logs").iterdir()]
    assert all("waiting" in log and "unattended-upgr" in log for log in logs)


def test_an_error_of_apt_is_shown_with_the_command_to_repeat(programs: FakePrograms, checkout: Path) -> None:
    programs.add("sudo", '[[ $1 != -n ]] || exit 0\nexec "$@"')
    programs.add("dpkg-query", "exit 1")
    programs.add("apt-get", "echo 'E: Unable to locate package libncurses6' >&2; exit 100")

    answer = run([checkout / "build.sh", "prepare", "package"], **programs.variables)

    assert answer.returncode == UNAVAILABLE
    assert "E: Unable to locate package libncurses6" in answer.stderr
    assert "as root, run: apt-get update && apt-get install" in answer.stderr


# package


@pytest.fixture
def swift_package(tmp_path: Path) -> Path:
    """A package with two executables, which are never built."""
    package = tmp_path / "in side" / "my package"
    for name in ["First", "Second"]:
        (package / "Sources" / name).mkdir(parents=True)
        (package / "Sources" / name / "main.swift").write_text("", "utf-8")
    (package / "Package.swift").write_text(
        """// swift-tools-version: 6.2
        import PackageDescription
        let package = Package(
            name: "mine", targets: [.executableTarget(name: "First"), .executableTarget(name: "Second")])
        """,
        "utf-8",
    )
    (tmp_path / "link").symlink_to(package)
    return package


@pytest.mark.parametrize(
    ("path", "folder"),
    [
        (".", "in side/my package"),
        ("./", "in side/my package"),
        ("my package", "in side"),
        ("my package/", "in side"),
        ("../../link", "in side/my package"),
        ("link/", "."),
        ("{tmp}/in side/my package", "."),
        ("../Sources/..", "in side/my package/Sources"),
    ],
)
def test_a_package_is_found_by_each_form_of_its_path(path: str, folder: str, swift_package: Path, tmp_path: Path) -> None:
    typed = path.format(tmp=tmp_path)
    for option in (["--package-path", typed], [f"--package-path={typed}"]):
        answer = run([ROOT / "build.sh", "package", "Third", *option], cwd=tmp_path / folder, within=BUILD_SECONDS)

        assert answer.returncode == 1, answer
        assert f"no executable product 'Third' in '{swift_package}'; it has: First Second" in answer.stderr


def test_a_folder_without_a_package_is_named_by_its_full_path(tmp_path: Path) -> None:
    (tmp_path / "no package").mkdir()

    for typed in ("no package", "no package/", "./no package", f"{tmp_path}/no package"):
        answer = run([ROOT / "build.sh", "package", "Answer", "--package-path", typed], cwd=tmp_path)

        assert answer.returncode == USAGE
        assert f"there is no Package.swift in '{tmp_path}/no package'" in answer.stderr
        assert "--package-path" in answer.stderr


# Interruption


def processes_with(mark: str) -> list[int]:
    """The running processes whose command lines have a word in them."""
    found = []
    for directory in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if mark.encode() in (directory / "cmdline").read_bytes():
                found.append(int(directory.name))
    return found


@pytest.fixture
def mark() -> Iterator[str]:
    """A word in the command lines of a test's processes, which are ended after it."""
    mark = f"mark-{os.getpid()}-{time.monotonic_ns()}"
    yield mark
    for process in processes_with(mark):
        with contextlib.suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)


def make_slow_swift(programs: FakePrograms, mark: str) -> None:
    """A compiler like SwiftPM's: its children are in process groups and sessions of their own, and some ignore SIGTERM."""
    programs.add(
        "swift",
        f"""[[ $1 != --version ]] || {{ echo "Swift version 6.3.1"; exit; }}
        setsid bash -c 'sleep 600; : {mark}-session' &
        bash -c 'trap "" INT TERM; sleep 600; sleep 600; : {mark}-stubborn' &
        echo "[1/2] Compiling"
        sleep 600
        : {mark}""",
    )


@pytest.mark.parametrize(
    ("sent", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)], ids=lambda value: str(value)
)
def test_a_signal_ends_all_children(
    sent: signal.Signals, code: int, programs: FakePrograms, checkout: Path, mark: str, tmp_path: Path
) -> None:
    make_slow_swift(programs, mark)
    # As from a terminal: a background job of a shell without job control would ignore SIGINT.
    log = tmp_path / "log"
    with log.open("w") as output:
        script = subprocess.Popen(
            [checkout / "build.sh", "fuzz"],
            env={**os.environ, **programs.variables},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    eventually(lambda: len(processes_with(mark)) >= 2, lambda: f"the children: {processes_with(mark)}")

    script.send_signal(sent)
    script.wait(PATIENCE_SECONDS)

    assert script.returncode == code, log.read_text("utf-8")
    # A process that was sent SIGKILL is gone a moment later.
    eventually(lambda: not processes_with(mark), lambda: f"left: {processes_with(mark)}", within=5)
    assert "failed" not in log.read_text("utf-8")


def test_control_c_in_a_terminal_ends_all_children(programs: FakePrograms, checkout: Path, mark: str) -> None:
    make_slow_swift(programs, mark)
    process, terminal = pty.fork()
    if process == 0:
        os.execve(checkout / "build.sh", ["build.sh", "fuzz"], {**os.environ, **programs.variables})
    eventually(lambda: len(processes_with(mark)) >= 2, lambda: f"the children: {processes_with(mark)}")

    os.write(terminal, b"\x03")
    _, status = os.waitpid(process, 0)
    # As above; the terminal signals all of them, too.
    eventually(lambda: not processes_with(mark), lambda: f"left: {processes_with(mark)}", within=5)
    output = b""
    os.set_blocking(terminal, False)
    with contextlib.suppress(OSError):
        while piece := os.read(terminal, 65_536):
            output += piece
    os.close(terminal)

    assert os.waitstatus_to_exitcode(status) == 130, output
    assert b"interrupted" in output
    assert b"failed" not in output


# Containers

ENGINE = """
case $1 in
    --version) echo "{version}" ;;
    info) {info} ;;
    image) exit {image} ;;
    *) printf '%s\\n' "$(basename "$0")" "$@" >>"{calls}"; printf -- '--\\n' >>"{calls}" ;;
esac
"""


class FakeEngine:
    """A program with a container engine's command line, which notes what it was asked to build and to run."""

    def __init__(
        self,
        programs: FakePrograms,
        name: str,
        calls: Path,
        version: str = "Docker version 27.0",
        info: str = "echo ok",
        has_image: bool = False,
    ) -> None:
        self.calls_file = calls
        image = 0 if has_image else 1
        self.path = programs.add(name, ENGINE.format(version=version, info=info, image=image, calls=calls))

    @property
    def calls(self) -> list[list[str]]:
        if not self.calls_file.exists():
            return []
        return [call.split("\n") for call in self.calls_file.read_text("utf-8").removesuffix("\n--\n").split("\n--\n")]

    def options(self, name: str) -> list[str]:
        """The values of an option of the last call."""
        call = self.calls[-1]
        return [value for option, value in zip(call, call[1:]) if option == name]


@pytest.fixture
def calls(tmp_path: Path) -> Path:
    return tmp_path / "calls"


def test_the_command_line_of_a_container(programs: FakePrograms, checkout: Path, calls: Path) -> None:
    engine = FakeEngine(programs, "docker", calls)

    answer = run([checkout / "build.sh", "--container", "package", "HelloSession"], **programs.variables, CI="true")

    assert answer.returncode == 0, answer
    build, start = engine.calls
    assert build[:2] == ["docker", "build"]
    assert build[-1] == str(checkout)
    assert ["--target", "package"] == build[build.index("--target") :][:2]
    assert start[:3] == ["docker", "run", "--rm"]
    assert start[-3:] == [f"{checkout}/build.sh", "package", "HelloSession"]
    assert start[-4] == build[build.index("--tag") + 1]
    assert engine.options("--volume") == [
        f"{checkout}:{checkout}",
        f"{checkout}/.build/container:{checkout}/.build",
        f"{checkout}/.build/lambda:{checkout}/.build/lambda",
        f"{checkout}/.build/container-workbench:{checkout}/Workbench/.build",
    ]
    assert engine.options("--user") == [f"{os.getuid()}:{os.getgid()}"]
    assert engine.options("--workdir") == [str(checkout)]
    assert "CI=true" in engine.options("--env")
    assert "--privileged" not in start
    assert "--platform" not in start
    # What is mounted is there already, so that the engine does not make it as root.
    for volume in engine.options("--volume"):
        assert Path(volume.split(":")[0]).is_dir()
        assert Path(volume.split(":")[1]).is_dir()


def test_the_image_is_built_once(programs: FakePrograms, checkout: Path, calls: Path) -> None:
    engine = FakeEngine(programs, "docker", calls, has_image=True)

    run([checkout / "build.sh", "--container", "lint"], **programs.variables)

    assert [call[1] for call in engine.calls] == ["run"]


def test_tests_may_make_name_spaces(programs: FakePrograms, checkout: Path, calls: Path) -> None:
    engine = FakeEngine(programs, "docker", calls)

    run([checkout / "build.sh", "--container", "test", "--all"], **programs.variables)

    assert "--privileged" in engine.calls[-1]
    assert engine.calls[-1][-2:] == ["test", "--all"]
    assert engine.calls[0][engine.calls[0].index("--target") + 1] == "all"


@pytest.mark.parametrize("machine", ["arm64", "aarch64"])
def test_an_arm_machine_asks_for_the_other_platform(
    machine: str, programs: FakePrograms, checkout: Path, calls: Path
) -> None:
    engine = FakeEngine(programs, "docker", calls)
    programs.add("uname", f"echo {machine}")

    run([checkout / "build.sh", "--container", "package", "HelloSession"], **programs.variables)

    assert len(engine.calls) == 2
    for call in engine.calls:
        assert call[call.index("--platform") + 1] == "linux/amd64"


@pytest.mark.parametrize(
    ("present", "variable", "used"),
    [
        (["docker", "podman", "finch"], None, "docker"),
        (["podman", "finch"], None, "podman"),
        (["finch"], None, "finch"),
        (["docker", "podman"], "podman", "podman"),
        (["docker", "nerdctl"], "nerdctl", "nerdctl"),
    ],
)
def test_the_engine_is_the_one_that_is_there_or_named(
    present: list[str], variable: str | None, used: str, programs: FakePrograms, checkout: Path, calls: Path
) -> None:
    engine = [FakeEngine(programs, name, calls, f"{name} version 1") for name in present][0]
    named = {"TRACED_LAMBDA_CONTAINER_ENGINE": variable} if variable else {}

    answer = run([checkout / "build.sh", "--container", "package", "X"], **programs.variables, **named)

    assert answer.returncode == 0, answer
    assert {call[0] for call in engine.calls} == {used}


@pytest.mark.parametrize(
    ("name", "version", "info", "user", "namespace"),
    [
        ("docker", "Docker version 27", "echo '  rootless'", "0:0", []),
        ("podman", "podman version 4.3", "echo '    rootless: true'", None, ["keep-id"]),
        ("podman", "podman version 4.3", "echo '    rootless: false'", None, []),
        ("docker", "podman version 4.3", "echo '    rootless: true'", None, ["keep-id"]),
    ],
)
def test_files_belong_to_the_user(
    name: str,
    version: str,
    info: str,
    user: str | None,
    namespace: list[str],
    programs: FakePrograms,
    checkout: Path,
    calls: Path,
) -> None:
    engine = FakeEngine(programs, name, calls, version, info)

    run([checkout / "build.sh", "--container", "package", "X"], **programs.variables)

    assert engine.options("--user") == [user or f"{os.getuid()}:{os.getgid()}"]
    assert engine.options("--userns") == namespace


def test_without_an_engine_it_says_which_there_are(programs: FakePrograms) -> None:
    answer = run(["./build.sh", "--container", "package", "X"], **programs.variables)

    assert answer.returncode == UNAVAILABLE
    assert "Docker" in answer.stderr
    assert "TRACED_LAMBDA_CONTAINER_ENGINE" in answer.stderr


def test_an_engine_that_is_missing_or_does_not_answer_is_named(programs: FakePrograms, calls: Path) -> None:
    FakeEngine(programs, "docker", calls, info="echo 'Cannot connect to the Docker daemon' >&2; exit 1")

    silent = run(["./build.sh", "--container", "package", "X"], **programs.variables)
    missing = run(["./build.sh", "--container", "lint"], **programs.variables, TRACED_LAMBDA_CONTAINER_ENGINE="dokcer")

    assert (silent.returncode, missing.returncode) == (UNAVAILABLE, UNAVAILABLE)
    assert "docker does not answer" in silent.stderr
    assert "Cannot connect to the Docker daemon" in silent.stderr
    assert "'dokcer', which is no program on PATH" in missing.stderr


@pytest.mark.parametrize("words", [[], ["--all"], ["package", "X", "--package-path", "missing"]])
def test_a_wrong_command_line_starts_no_container(words: list[str], programs: FakePrograms, calls: Path) -> None:
    engine = FakeEngine(programs, "docker", calls)

    answer = run(["./build.sh", "--container", *words], **programs.variables)

    assert answer.returncode == USAGE
    assert engine.calls == []


@pytest.mark.parametrize("words", [["--container", "package", "Answer"], ["package", "Answer", "--container"]])
def test_a_package_of_the_users_is_mounted_with_its_local_dependencies(
    words: list[str], programs: FakePrograms, checkout: Path, calls: Path, tmp_path: Path
) -> None:
    engine = FakeEngine(programs, "docker", calls)
    manifests = {
        "my package": ['.package(path: "../shared code"),', f'.package(name: "x", path: "{checkout}"),'],
        "shared code": ['.package(path: "../deeper")'],
        "deeper": ['.package(path: "../my package")'],
    }
    for name, lines in manifests.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / "Package.swift").write_text("\n".join(lines), "utf-8")

    answer = run(
        [checkout / "build.sh", *words, "--package-path", "my package/"], cwd=tmp_path, **programs.variables
    )

    assert answer.returncode == 0, answer
    package = tmp_path / "my package"
    assert engine.options("--volume")[4:] == [
        f"{package}:{package}",
        f"{package}/.build/container:{package}/.build",
        f"{package}/.build/lambda:{package}/.build/lambda",
        f"{tmp_path}/shared code:{tmp_path}/shared code",
        f"{tmp_path}/deeper:{tmp_path}/deeper",
    ]
    assert engine.calls[-1][-4:] == ["package", "Answer", "--package-path", str(package)]


def test_the_dockerfile_copies_what_prepare_needs(tmp_path: Path) -> None:
    for line in (ROOT / "Dockerfile").read_text("utf-8").splitlines():
        if line.startswith("COPY "):
            *sources, target = line.removeprefix("COPY ").split()
            folder = tmp_path / target.removeprefix("/opt/traced-lambda/")
            folder.mkdir(parents=True, exist_ok=True)
            for source in sources:
                shutil.copy(ROOT / source, folder)

    answer = run([tmp_path / "build.sh", "prepare", "nonsense"], cwd=tmp_path)

    assert answer.returncode == USAGE
    assert "unknown argument 'nonsense'" in answer.stderr


# Other files that run the commands


@pytest.mark.parametrize("path", [".github/workflows/ci.yml", ".github/actions/package/action.yml"])
def test_workflows_run_commands_that_exist(path: str) -> None:
    text = (ROOT / path).read_text("utf-8")

    steps = re.findall(r'build\.sh"? (?:--container )?([a-z]+)', text)

    assert yaml.safe_load(text)
    assert steps
    assert all((ROOT / "Scripts" / "commands" / f"{step}.sh").is_file() for step in steps)


def test_bare_needs_root_and_a_release_it_knows() -> None:
    assert "12 or 13" in run(["./build.sh", "bare", "--debian", "11"]).stderr
    with user_without_rights() as (prefix, directory):
        checkout = make_checkout(directory / "checkout")
        answer = run([*prefix, checkout / "build.sh", "bare"], cwd=directory)

    assert answer.returncode == UNAVAILABLE
    assert "sudo" in answer.stderr


# release

CHANGELOG = """# Changelog

## [Unreleased]

## [{version}] - 2026-12-01

### Added

- Something new.

## [0.1.0] - 2026-11-29

- The first.
"""


class Repository:
    """A checkout whose tests and digest always pass, at a version, with a history."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        for name in ("api", "test"):
            (directory / "Scripts" / "commands" / f"{name}.sh").write_text("# always passes\nexit 0\n", "utf-8")
        (directory / "docs").mkdir()
        (directory / ".gitignore").write_text(".build/\n", "utf-8")
        self.git("init", "--quiet", "--initial-branch=main")
        self.set("0.1.0", ["A.one: one", "A.two: two"])
        self.git("tag", "--annotate", "0.1.0", "--message", "The first")

    def git(self, *words: str) -> str:
        identity = ["-c", "user.name=Tester", "-c", "user.email=tester@example.com"]
        return subprocess.run(
            ["git", *identity, *words], cwd=self.directory, check=True, capture_output=True, text=True
        ).stdout

    def set(self, version: str, api: list[str], changelog: str = CHANGELOG) -> None:
        (self.directory / VERSION_FILE).write_text(f'enum V {{ static let current = "{version}" }}\n', "utf-8")
        (self.directory / "CHANGELOG.md").write_text(changelog.format(version=version), "utf-8")
        (self.directory / "docs" / "api-digest.txt").write_text("\n".join(api) + "\n", "utf-8")
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message", version)

    def release(self, *words: str) -> Result:
        identity = {"GIT_COMMITTER_NAME": "Tester", "GIT_COMMITTER_EMAIL": "tester@example.com"}
        return run([self.directory / "build.sh", "release", *words], cwd=self.directory, **identity)


@pytest.fixture
def repository(checkout: Path) -> Repository:
    return Repository(checkout)


def test_a_release_makes_an_annotated_tag(repository: Repository) -> None:
    repository.set("0.1.1", ["A.one: one", "A.two: two", "B.three: three"])

    rehearsal = repository.release("--dry-run", "0.1.1")
    before = repository.git("tag")
    answer = repository.release("0.1.1")

    assert (rehearsal.returncode, before) == (0, "0.1.0\n"), rehearsal
    assert answer.returncode == 0, answer
    assert repository.git("cat-file", "-t", "0.1.1") == "tag\n"
    message = repository.git("tag", "--list", "--format=%(contents)", "0.1.1")
    assert message.startswith("TracedLambda 0.1.1\n")
    assert "- Something new." in message
    assert "The first" not in message


@pytest.mark.parametrize(
    ("last", "version", "api", "is_released"),
    [
        ("0.1.0", "0.1.1", ["A.one: one"], False),
        ("0.1.0", "0.1.1", ["A.one: one", "A.two: changed"], False),
        ("0.1.0", "0.2.0", ["A.one: one"], True),
        ("0.1.0", "1.0.0", ["A.one: one"], True),
        ("1.2.0", "1.3.0", ["A.one: one"], False),
        ("1.2.0", "2.0.0", ["A.one: one"], True),
    ],
)
def test_a_removed_declaration_needs_the_right_version(
    last: str, version: str, api: list[str], is_released: bool, repository: Repository
) -> None:
    if last != "0.1.0":
        repository.git("tag", "--annotate", last, "--message", last)
    repository.set(version, api)

    answer = repository.release("--dry-run", version)

    assert answer.returncode == (0 if is_released else 1), answer
    assert "A.two: two" in answer.stdout
    if not is_released:
        assert ("0.2.0" if last == "0.1.0" else "2.0.0") in answer.stderr


def test_each_reason_against_a_release_is_named(repository: Repository) -> None:
    repository.set("0.1.1", ["A.one: one", "A.two: two"], CHANGELOG.replace("{version}", "0.1.2"))
    repository.git("switch", "--quiet", "--create", "topic")
    (repository.directory / "new file").touch()

    answer = repository.release("--dry-run", "0.1.3")

    assert answer.returncode == 1
    for reason in (
        "there are uncommitted changes",
        "this is 'topic'",
        "TracedLambdaVersion.swift says 0.1.1: put 0.1.3 there",
        "CHANGELOG.md has no heading '## [0.1.3]",
    ):
        assert reason in answer.stderr
    assert repository.git("tag") == "0.1.0\n"


def test_a_version_is_neither_repeated_nor_lowered(repository: Repository) -> None:
    repository.git("tag", "--annotate", "0.3.0", "--message", "x")

    assert "the tag 0.1.0 exists already" in repository.release("--dry-run", "0.1.0").stderr
    assert "0.2.9 is lower than the last version, 0.3.0" in repository.release("--dry-run", "0.2.9").stderr


def test_unreleased_changes_and_failed_tests_prevent_a_release(repository: Repository) -> None:
    unreleased = CHANGELOG.replace("## [Unreleased]", "## [Unreleased]\n\n- Forgotten.")
    repository.set("0.1.1", ["A.one: one", "A.two: two"], unreleased)
    forgotten = repository.release("--dry-run", "0.1.1")
    (repository.directory / "Scripts" / "commands" / "test.sh").write_text("exit 1\n", "utf-8")
    repository.set("0.1.1", ["A.one: one", "A.two: two"])
    failed = repository.release("0.1.1")

    assert "below '## [Unreleased]'" in forgotten.stderr
    assert (forgotten.returncode, failed.returncode) == (1, 1)
    assert repository.git("tag") == "0.1.0\n"


@pytest.mark.parametrize("words", [[], ["1"], ["v0.2.0"], ["0.2.0-beta"], ["01.2.0"], ["--skip-tests", "0.2.0"]])
def test_a_release_needs_a_version_and_its_tests(words: list[str], repository: Repository) -> None:
    assert repository.release(*words).returncode == USAGE


def test_the_checkouts_own_changelog_has_its_version() -> None:
    assert re.search(rf"^## \[{re.escape(VERSION)}\] - \d{{4}}-\d\d-\d\d$", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.M)


# demo


def test_the_demo_shows_the_session_of_both_services_from_a_debug_build_and_from_the_package() -> None:
    # One after the other: both keep their files in the same folder.
    for options in [], ["--static"]:
        answer = run(["./build.sh", "demo", *options], within=BUILD_SECONDS)

        assert answer.returncode == 0, answer
        tree = answer.stdout.partition("The session, of both services")[2]
        assert re.search(r"└─ ask_function .*\n.*\n +└─ HelloSession .*\n +└─ process_event ", tree), answer.stdout
        assert "?og noisses ym seod erehW" in tree


# The command plugin


@pytest.mark.slow
def test_the_plugin_packages_a_product_of_another_package(tmp_path: Path) -> None:
    package = tmp_path / "my package"
    (package / "Sources" / "Answer").mkdir(parents=True)
    (package / "Package.swift").write_text(
        f"""// swift-tools-version: 6.2
        import PackageDescription
        let package = Package(
            name: "answer",
            dependencies: [.package(name: "swift-traced-lambda", path: "{ROOT}")],
            targets: [
                .executableTarget(
                    name: "Answer", dependencies: [.product(name: "TracedLambda", package: "swift-traced-lambda")])
            ]
        )
        """,
        "utf-8",
    )
    (package / "Sources" / "Answer" / "Answer.swift").write_text(
        """
        import TracedLambda

        @main
        struct Answer: TracedHandler {
            func handle(_ event: String, context: InvocationContext) async throws -> String { event }
        }
        """,
        "utf-8",
    )
    plugin = ["swift", "package", "--allow-writing-to-package-directory", "package-lambda"]

    wrong = run([*plugin, "Question"], cwd=package, within=BUILD_SECONDS)
    answer = run([*plugin, "Answer"], cwd=package, within=BUILD_SECONDS)

    assert wrong.returncode != 0
    # SwiftPM writes all that a plugin says to its standard output.
    assert "no executable product 'Question'" in wrong.stdout
    assert "no Lambda package was made" in wrong.stderr
    assert answer.returncode == 0, answer
    assert (package / ".build" / "lambda" / "Answer" / "Answer.zip").is_file()
