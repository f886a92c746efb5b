"""What the documents say is so: their commands work as they stand, their code compiles, and what they name exists.

How a block is marked that cannot be run here, or not without a stand-in: `support/markdown.py`.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import boto3
import pytest
import yaml

from support import public_names, swift_blocks
from support.bench import Bench
from support.command_lines import command_lines, complaint
from support.locations import ROOT
from support.markdown import Block, Document, documents
from support.model_server import says
from support.terminal import REPOSITORY, Terminal

DOCUMENTS = documents()
#: With commands that run here.
RUN = [document for document in DOCUMENTS if any(block.fate == "run" for block in document.blocks)]
FOLDERS = {"plain": "work", "space": "a folder with spaces"}
#: Not in all regions does AWS's command line, version 1, let a variable say where SQS is.
REGION = "eu-south-2"
CLIENT = {"region_name": REGION, "aws_access_key_id": "none", "aws_secret_access_key": "none"}
DEV_ADDRESS = "http://localhost:9000"
#: Documents for those who use the framework; what they name is public and stands in the reference.
FOR_USERS = [
    document for document in DOCUMENTS if document.name.startswith(("README", "Examples/", "docs/"))
    and document.name not in ("docs/design.md", "docs/threat-model.md", "docs/performance.md")
]
REFERENCE = next(document for document in DOCUMENTS if document.name == "docs/reference.md")


def document(name: str) -> Document:
    return next(document for document in DOCUMENTS if document.name == name)


# Commands


@pytest.fixture
def stand_ins(bench: Bench) -> Callable[[str], dict[str, str]]:
    """The variables that lead a block to the stand-in that its comment names."""
    started: dict[str, dict[str, str]] = {}

    def start(name: str) -> dict[str, str]:
        if name == "moto":
            store = bench.secret_store()
            trust = '{"Version": "2012-10-17", "Statement": []}'
            boto3.client("sqs", endpoint_url=store.address.url, **CLIENT).create_queue(QueueName="orders")
            return {
                "AWS_ENDPOINT_URL": store.address.url,
                **_credentials(),
                "ROLE_ARN": store.client("iam").create_role(RoleName="f", AssumeRolePolicyDocument=trust)["Role"]["Arn"],
                # The command line takes a queue's address for the service's.
                "QUEUE_URL": f"{store.address.url}/123456789012/orders",
            }
        if name == "model":
            return bench.model_server(*[says("42", prompt_tokens=9, completion_tokens=1)] * 4).environment
        return {"AWS_ENDPOINT_URL_LAMBDA": DEV_ADDRESS, **_credentials()}

    return lambda name: started[name] if name in started else started.setdefault(name, start(name))


def _credentials() -> dict[str, str]:
    region = {"AWS_DEFAULT_REGION": REGION, "AWS_REGION": REGION}
    return {**region, "AWS_ACCESS_KEY_ID": "none", "AWS_SECRET_ACCESS_KEY": "none", "AWS_SESSION_TOKEN": "none"}


@pytest.mark.parametrize("folder", FOLDERS)
@pytest.mark.parametrize("name", [document.name for document in RUN])
def test_the_commands_of_a_document_work_as_they_stand(
    name: str, folder: str, tmp_path: Path, stand_ins: Callable[[str], dict[str, str]]
) -> None:
    # One at a time: the documents name the port at which `traced-lambda dev` listens by itself.
    with swift_blocks.alone("port"):
        output = read_aloud(document(name), tmp_path, FOLDERS[folder], stand_ins)
    for expected in EXPECTED[name] + (EXPECTED_ONCE.get(name, []) if folder == "space" else []):
        assert expected in output, f"{expected!r} is not in what the commands of {name} print:\n{output}"


#: What a reader sees: for the README, the function's answer by each way to invoke it, and the tree of a session.
EXPECTED = {
    "README.md": ['{"answer":"?yhw"}', "{'answer': '?yhw'}", '"StatusCode": 200', "└─ think"],
    "Workbench/README.md": ["Made order-worker"],
    "Examples/AgentAPI/README.md": ["event: done", "data: ", "└─ chat stand-in-1"],
    "docs/triggers.md": ["eb3f44a6-73c4-50bb-9173-d34d7c5dc9b2"],
    "Examples/Orchestrator/README.md": ["└─ chat stand-in-1", "HelloSession"],
    "docs/calling-models.md": [],
    "Examples/QueueWorker/README.md": ['{"batchItemFailures":[]}', "ship", "MessageId"],
}
#: Of the blocks that are run in one folder only.
EXPECTED_ONCE = {"README.md": ["arn:aws:lambda:"], "Workbench/README.md": ['{"batchItemFailures":[]}', "OrderWorker"]}


def read_aloud(
    document: Document, directory: Path, folder: str, stand_ins: Callable[[str], dict[str, str]]
) -> str:
    """Does what a reader of the document does, block by block.

    Returns:
        What the commands print.
    """
    # Whoever reads another document than the README has done what that says.
    terminal = Terminal(directory, folder, has_checkout=document.name != "README.md")
    try:
        output = "".join(
            do(block, terminal, stand_ins)
            for block in document.blocks
            if not (block.mark.once and folder != FOLDERS["space"])
        )
        return output + terminal.server_output
    finally:
        terminal.close()


def do(block: Block, terminal: Terminal, stand_ins: Callable[[str], dict[str, str]]) -> str:
    if block.file and block.mark.is_run:
        terminal.write_or_compare(block)
    if block.fate != "run":
        return ""
    variables: dict[str, str] = {}
    for name in block.mark.stand_ins:
        variables |= stand_ins(name)
    if block.mark.until is None:
        return terminal.run(block, variables)
    terminal.serve(block, variables)
    return ""


def test_every_command_and_option_exists() -> None:
    complaints = [
        f"{place}: {wrong}"
        for document in DOCUMENTS
        for place, words in command_lines(document)
        if (wrong := complaint(words))
    ]
    assert not complaints, "\n".join(complaints)


def test_the_line_for_the_aws_command_line_is_whole() -> None:
    """On a new machine it needs a region and credentials, and the function a payload."""
    block = next(block for block in document("README.md").blocks if "aws lambda invoke" in block.text)
    assert block.fate == "run" and not block.mark.stand_ins and not block.mark.once
    for needed in ("AWS_DEFAULT_REGION=", "AWS_ACCESS_KEY_ID=", "AWS_SECRET_ACCESS_KEY=", "--payload", "9000"):
        assert needed in block.text, f"{block.place} has no {needed}"


# Code


def test_every_swift_block_compiles_and_its_tests_pass() -> None:
    with swift_blocks.alone("blocks"):
        complaints = swift_blocks.build(DOCUMENTS)
    assert not complaints, complaints


def test_a_block_that_does_not_compile_is_a_failure_that_names_its_place(tmp_path: Path) -> None:
    broken = Document(ROOT / "README.md", source="```swift\nimport TracedLambda\nlet x = TracedHandlr.self\n```\n")
    with swift_blocks.alone("blocks"):
        complaints = swift_blocks.build([*DOCUMENTS, broken])
        assert "README.md:1:2:9: error: cannot find 'TracedHandlr' in scope" in complaints


COPIES = [block for document in DOCUMENTS for block in document.blocks if block.mark.same_as is not None]


@pytest.mark.parametrize("block", COPIES, ids=lambda block: block.place)
def test_a_block_that_is_compiled_elsewhere_is_that_file(block: Block) -> None:
    file = ROOT / (block.mark.same_as or "")
    assert file.suffix == ".swift" and file.read_text("utf-8") == block.text


@pytest.mark.parametrize("block", [b for d in DOCUMENTS for b in d.blocks if b.fate == "parsed"], ids=lambda b: b.place)
def test_a_block_of_data_can_be_parsed(block: Block) -> None:
    {"json": json.loads, "yaml": yaml.safe_load}[block.language](block.text)


def manifests() -> list[Block]:
    return [block for document in DOCUMENTS for block in document.blocks if swift_blocks.is_manifest(block)]


@pytest.mark.parametrize("manifest", manifests(), ids=lambda block: block.place)
@pytest.mark.parametrize("dependency", ["path", "url"])
def test_a_manifest_of_the_documents_finds_the_framework(manifest: Block, dependency: str, tmp_path: Path) -> None:
    """By the path of a checkout beside it, and by the published version, which a repository of this commit stands in for."""
    terminal = Terminal(tmp_path, "work", has_checkout=True, shares_caches=False)
    terminal.publish(version())
    lines = {
        "path": '.package(path: "../swift-traced-lambda")',
        "url": f'.package(url: "{REPOSITORY}", from: "{version()}")',
    }
    assert all(line in manifest.text for line in lines.values()), f"{manifest.place} names not both: {lines}"
    text = re.sub(r"^ *(//.*)?\.package\(.*\n", "", manifest.text, flags=re.M)
    text = text.replace("dependencies: [\n", f"dependencies: [\n{lines[dependency]}\n", 1)
    package = terminal.folder / "answer"
    for name in re.findall(r'Target\(\s*name: "(\w+)"', text):
        (package / "Sources" / name).mkdir(parents=True)
        (package / "Sources" / name / "main.swift").write_text("")
    (package / "Package.swift").write_text(text)
    # Whoever lists the executables has loaded the package with its dependencies and found each product. SwiftPM notes
    # the commit of each version in the user's real home, unless told otherwise.
    assert "Answer" in terminal.type("cd answer && swift package --security-path ../security show-executables")


def version() -> str:
    source = (ROOT / "Sources/TracedLambda/TracedLambdaVersion.swift").read_text()
    return re.findall(r'"(\d+\.\d+\.\d+)"', source)[0]


# Names and links


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document.name)
def test_links_within_the_repository_lead_somewhere(document: Document) -> None:
    broken = [f"{document.name}:{line}: {target}" for line, target in document.links if not leads_somewhere(document, target)]
    assert not broken, "\n".join(broken)


def leads_somewhere(document: Document, target: str) -> bool:
    if re.match(r"[a-z]+:", target):
        return True
    path, _, anchor = target.partition("#")
    file = (document.path.parent / path).resolve() if path else document.path
    return file.exists() and (not anchor or anchor in Document(file).anchors)


#: Names of others: of Swift and its packages, of AWS, of HoneyHive and of standards.
FOREIGN = frozenset(
    """
    Data JSONDecoder JSONEncoder DecodingError EncodingError NaN FoundationEssentials FoundationNetworking Foundation Testing
    URLSession URLRequest HTTPClient HTTPClientRequest Task Sendable Codable Decodable Encodable Never TimeInterval Duration
    FunctionResponseTypes ReportBatchItemFailures InvokeWithResponseStream Event Host Origin Mutex MainActor String Array
    Dictionary Retry Glibc Logger InstrumentationContext Dispatch Text Rss Floor binaryMediaTypes batchItemFailures sessionId detail
    withSpan subscript Bool Int Double Float Output Custom Date Decimal statusCode logProbability
    """.split()
)
_TYPE = re.compile(r"[A-Z][a-z0-9]+[A-Za-z0-9]*|[A-Z]+[a-z][A-Za-z0-9]*")
_FUNCTION = re.compile(r"(?:[\w.]+\.)?(\w+)\(((?:\w+:)+|)\)")
_MEMBER = re.compile(r"(?:context|tracer|span|context\.tracer|request|event|recorder|[A-Z]\w+)\.(\w+)")
_CAMEL_CASE = re.compile(r"[a-z]+[a-z0-9]*[A-Z]\w*")


def api_name(text: str) -> tuple[str, str] | None:
    """The name, and a function's labels, that a text in backquotes has when it is one of Swift's."""
    if re.search(r"\.(?:swift|py|sh|md|c|json|ya?ml)$", text):
        return None
    if found := _FUNCTION.fullmatch(text):
        return found[1], found[2]
    if found := _MEMBER.fullmatch(text):
        return found[1], ""
    return (text, "") if _TYPE.fullmatch(text) or _CAMEL_CASE.fullmatch(text) else None


def known_names(document: Document) -> frozenset[str]:
    """The names that a document may use: for users, what is public, and what its own code declares."""
    own = {word for block in document.blocks for word in re.findall(r"(?:struct|func|enum|let|case) (\w+)", block.text)}
    if document not in FOR_USERS:
        return FOREIGN | own | public_names.public_names() | public_names.all_names()
    # An example's own types.
    folder = document.path.parent / "Sources"
    sources = [path.read_text("utf-8") for path in folder.glob("*.swift")] if document.path.parent != ROOT else []
    own |= {word for source in sources for word in re.findall(r"(?:struct|class|enum|protocol) (\w+)", source)}
    return FOREIGN | own | public_names.public_names()


#: Sections with tables of other names, which other tests compare with the code: internal limits, and members of events.
COMPARED_ELSEWHERE = ("## Limits that are not settings", "## Limits of the workbench", "## By trigger")


def interface_names(document: Document) -> list[tuple[int, str]]:
    """The names of a document, but for those of sections that other tests compare with the code."""
    left_out: set[int] = set()
    for heading in COMPARED_ELSEWHERE:
        if (start := document.text.find(f"\n{heading}\n")) >= 0:
            end = document.text.find("\n## ", start + 1)
            first, last = (document.text.count("\n", 0, index) for index in (start, end if end >= 0 else len(document.text)))
            left_out |= set(range(first + 1, last + 2))
    return [(line, text) for line, text in document.names if line not in left_out]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document.name)
def test_every_name_of_the_interface_exists(document: Document) -> None:
    known, unknown = known_names(document), []
    for line, text in interface_names(document):
        if name := api_name(text):
            word, labels = name
            if word not in known or (labels and not public_names.has_function(word, labels)):
                unknown.append(f"{document.name}:{line}: {text}")
    assert not unknown, "\n".join(unknown)


def signatures() -> list[str]:
    return [
        declaration
        for block in REFERENCE.blocks
        if block.mark.is_signature
        for declaration in public_names.declarations(block.text)
    ]


@pytest.mark.parametrize("signature", signatures())
def test_a_signature_of_the_reference_is_that_of_the_sources(signature: str) -> None:
    assert public_names.is_declared(signature), f"no public declaration reads:\n{signature}"


def test_every_public_name_of_the_prose_leads_to_its_signature_and_to_an_example() -> None:
    declared = {name for signature in signatures() for name in re.findall(r"\w+", signature)}
    examples = "\n".join(block.text for block in REFERENCE.blocks if block.fate == "compiled")
    used = set(re.findall(r"\w+", examples))
    missing = set()
    for document in FOR_USERS:
        for line, text in interface_names(document):
            name = api_name(text)
            if name and name[0] in public_names.public_names() - FOREIGN - set(public_names.MODULES):
                if name[0] not in declared:
                    missing.add(f"{document.name}:{line}: {text} has no signature in {REFERENCE.name}")
                elif name[0][0].isupper() and name[0] not in used:
                    missing.add(f"{document.name}:{line}: {text} has no example in {REFERENCE.name}")
    assert not missing, "\n".join(sorted(missing))


def test_every_setting_in_code_is_listed_beside_its_variable() -> None:
    source = (ROOT / "Sources/TracedLambda/Handler/TracingConfiguration.swift").read_text()
    settings = set(re.findall(r"public var (\w+):", source))
    text = document("docs/configuration.md").text.split("## Settings in code")[1].split("\n## ")[0]
    listed = dict(re.findall(r"^\| `(\w+)` \| `?([A-Z_]+|none)`? \|", text, re.M))
    assert settings == set(listed)
    for setting, variable in re.findall(r"\(`([A-Z_]+)`\).*\n(?:\s*///.*\n)*\s*public var (\w+):", source):
        assert listed[variable] == setting


def test_the_readme_says_near_its_top_what_works_where() -> None:
    top = "\n".join(document("README.md").text.splitlines()[:40])
    for name in ("Debian 12", "Ubuntu", "Fedora", "Amazon Linux 2023", "macOS", "x86-64", "--container", "not tested yet"):
        assert name in top, f"{name} is not in the first 40 lines"


def test_the_readme_is_short() -> None:
    assert len(document("README.md").text.splitlines()) <= 160


#: The fewest lines that a call takes where the documents first show it.
_CALLS = {"of a server": "context.http.", "of a model": ".reply(to:", "of a function": "context.invoke("}


@pytest.mark.parametrize("name", ["README.md", "docs/calling-models.md"])
@pytest.mark.parametrize("call", _CALLS)
def test_a_call_is_shown_in_six_lines_at_most_and_compiled(name: str, call: str) -> None:
    compiled = [block.text for block in document(name).blocks if block.fate == "compiled"]
    functions = [text for block in compiled for text in re.findall(r"^func [^\n]*\n(?:[^}\n][^\n]*\n)+}", block, re.M)]
    lengths = [len(text.splitlines()) for text in functions if _CALLS[call] in text]
    assert min(lengths, default=7) <= 6, f"{name}: no compiled function of six lines has a call {call}"


# The test itself


def test_every_block_is_run_compiled_parsed_or_marked(record_property: Any) -> None:
    problems = [problem for document in DOCUMENTS for problem in document.problems]
    assert not problems, "\n".join(problems)
    fates = Counter(block.fate for document in DOCUMENTS for block in document.blocks)
    summary = [f"{count} {fate}" for fate, count in sorted(fates.items())]
    reasons = [
        f"{block.place}: {'once' if block.mark.once else 'not run'}: {block.mark.reason}"
        for document in DOCUMENTS
        for block in document.blocks
        if block.mark.reason
    ]
    record_property("documentation", [f"blocks: {', '.join(summary)}", *reasons])


@pytest.mark.parametrize(
    "source, reason",
    [
        ("```\nls\n```\n", "no language"),
        ("```fish\nls\n```\n", "fish"),
        ("    ls\n", "no language"),
        ('<!-- readme-test: skip -->\n```sh\nls\n```\n', "unknown word 'skip'"),
        ("<!-- readme-test: not-run -->\n```sh\nls\n```\n", "reason"),
        ("<!-- readme-test: once -->\n```sh\nls\n```\n", "reason"),
        ("<!-- readme-test: with azure -->\n```sh\nls\n```\n", "no such stand-in: azure"),
        ("<!-- readme-test: server -->\n```sh\nls\n```\n", "until"),
        ("<!-- readme-test: signature -->\n\nText.\n", "no block follows"),
    ],
)
def test_a_block_that_nothing_is_done_with_is_an_error(source: str, reason: str) -> None:
    problems = Document(ROOT / "README.md", source=source).problems
    assert any(reason in problem for problem in problems), problems


@pytest.mark.parametrize(
    "source",
    [
        "`./build.sh bnech`",
        "```sh\n./build.sh bench --quik\n```\n",
        "`traced-lambda dve`",
        "`traced-lambda invoke F --trigger=sqs --sesion-id 1`",
        '<!-- readme-test: not-run reason="it is long" -->\n```sh\ncd x && traced-lambda \\\n  dev --prot 1\n```\n',
        "```sh\nswift run traced-lambda run --evnt 1 -- ./bootstrap --own\n```\n",
    ],
)
def test_a_command_that_does_not_exist_is_noticed(source: str) -> None:
    wrong = [complaint(words) for _, words in command_lines(Document(ROOT / "README.md", source=source))]
    assert any(wrong)


def test_a_name_that_does_not_exist_is_noticed() -> None:
    for name in ("TracedHandlr", "enrichSpn", "injectContext(ito:)", "context.tracr", "LambdaTester.envoke"):
        found = api_name(name)
        assert found is not None
        assert found[0] not in public_names.public_names() or not public_names.has_function(*found)
    assert not public_names.is_declared("func enrichSpan(inputs: [String: Int] = [:])")
    assert not public_names.is_declared("func apply(to members: [String: AttributeValue]) -> [String: AttributeValue]")


@pytest.mark.parametrize("target", ["docs/nothing.md", "README.md#nowhere", "#nowhere"])
def test_a_link_that_leads_nowhere_is_noticed(target: str) -> None:
    assert not leads_somewhere(document("README.md"), target)
