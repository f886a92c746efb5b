"""Reads the documents of this repository: their code blocks, what a test does with each, names and links.

An HTML comment directly before a block says what a test does with it in place of the rule for its language:

    <!-- readme-test: server until "Serving" -->      starts it in the background, and waits until it prints the text
    <!-- readme-test: with moto -->                    runs it against a stand-in for what cannot be reached here
    <!-- readme-test: once reason="…" -->              runs it in one of the two folders, because it takes minutes
    <!-- readme-test: signature -->                    compares it with the public declarations
    <!-- readme-test: file PATH -->                    compares it with a file that another part of the tests compiles
    <!-- readme-test: not-run reason="…" -->           does nothing with it but look up its commands and options

`with` and `once` can be combined. Without a comment, `sh` and `python` are run, `swift` is compiled, `json`, `yaml` are
parsed; any other block is an error. A `python` block whose paragraph before it ends with a file's name is written there.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token

from .locations import ROOT

RUN, COMPILED, PARSED = {"sh", "python"}, {"swift"}, {"json", "yaml"}
STAND_INS = {"moto", "lambda", "model"}
_MARK = re.compile(r"^\s*<!--\s*readme-test:\s*(.*?)\s*-->\s*$", re.DOTALL)
_REPORT = re.compile(r"<!-- report -->.*?<!-- end of the report -->", re.DOTALL)
_FILE = re.compile(r"^(?:.*\s)?`([\w./-]+\.\w+)`:$", re.DOTALL)


class MarkError(Exception):
    """A comment for the test, or a block, that the test does not understand."""


@dataclass(frozen=True)
class Mark:
    """What a test does with a block."""

    until: str | None = None
    stand_ins: tuple[str, ...] = ()
    once: bool = False
    is_signature: bool = False
    same_as: str | None = None
    is_run: bool = True
    reason: str | None = None

    @classmethod
    def parse(cls, comment: str) -> Mark:
        found = _MARK.match(comment)
        if not found:
            raise MarkError(f"a comment for the test has a line of its own: {comment}")
        text, values = found[1], {}
        words = iter(shlex.split(text))
        for word in words:
            match word:
                case "server":
                    if next(words, None) != "until":
                        raise MarkError(f'server until "TEXT" is meant, not: {text}')
                    values["until"] = next(words, "")
                case "with":
                    values["stand_ins"] = (*values.get("stand_ins", ()), next(words, ""))
                case "once":
                    values["once"] = True
                case "signature":
                    values["is_signature"] = True
                case "file":
                    values["same_as"] = next(words, "")
                case "not-run":
                    values["is_run"] = False
                case _ if word.startswith("reason="):
                    values["reason"] = word.removeprefix("reason=")
                case _:
                    raise MarkError(f"unknown word {word!r} in: {text}")
        mark = cls(**values)
        if unknown := set(mark.stand_ins) - STAND_INS:
            raise MarkError(f"no such stand-in: {', '.join(unknown)}; there are {', '.join(sorted(STAND_INS))}")
        if (mark.once or not mark.is_run) and not mark.reason:
            raise MarkError(f'a reason="…" is missing: {text}')
        if mark.until == "":
            raise MarkError(f"the text to wait for is missing: {text}")
        return mark


@dataclass(frozen=True)
class Block:
    document: Path
    line: int
    language: str
    text: str
    #: The file that the paragraph before names, as in "`Sources/Answer/Answer.swift`:".
    file: str | None
    mark: Mark

    @property
    def place(self) -> str:
        return f"{self.document.relative_to(ROOT)}:{self.line}"

    @property
    def fate(self) -> str:
        """What a test does with it."""
        if not self.mark.is_run:
            return "not run"
        if self.mark.is_signature or self.mark.same_as is not None:
            return "compared"
        for languages, fate in ((RUN, "run"), (COMPILED, "compiled"), (PARSED, "parsed")):
            if self.language in languages:
                return "written" if self.file and self.language == "python" else fate
        return "neither"


@dataclass
class Document:
    path: Path
    #: A text of the caller's own in place of the file's.
    source: str | None = None
    _parser: MarkdownIt = field(default_factory=lambda: MarkdownIt("commonmark").enable("table"))

    @property
    def name(self) -> str:
        return str(self.path.relative_to(ROOT))

    @cached_property
    def text(self) -> str:
        return self.path.read_text("utf-8") if self.source is None else self.source

    @cached_property
    def _tokens(self) -> list[Token]:
        # A report that a command writes into the document is no part of what is tested; the lines keep their numbers.
        text = _REPORT.sub(lambda found: "\n" * found[0].count("\n"), self.text)
        return self._parser.parse(text)

    @property
    def blocks(self) -> list[Block]:
        return self._read[0]

    @property
    def problems(self) -> list[str]:
        """The comments that a test does not understand, and the blocks that it does nothing with."""
        neither = [
            f"{block.place}: nothing is done with a block of {block.language or 'no language'}: mark it"
            for block in self.blocks
            if block.fate == "neither"
        ]
        return self._read[1] + neither

    @cached_property
    def _read(self) -> tuple[list[Block], list[str]]:
        blocks, problems = [], []
        for index, token in enumerate(self._tokens):
            if self._is_mark(index):
                if index + 1 == len(self._tokens) or self._tokens[index + 1].type != "fence":
                    problems.append(f"{self.name}:{self._line(token)}: no block follows the comment")
            if token.type not in ("fence", "code_block"):
                continue
            mark = Mark()
            if index and self._is_mark(index - 1):
                try:
                    mark = Mark.parse(self._tokens[index - 1].content)
                except (MarkError, ValueError) as error:
                    problems.append(f"{self.name}:{self._line(token)}: {error}")
            language = token.info.split()[0] if token.info.split() else ""
            blocks.append(Block(self.path, self._line(token), language, token.content, self._file(index), mark))
        return blocks, problems

    def _is_mark(self, index: int) -> bool:
        return self._tokens[index].type == "html_block" and "readme-test" in self._tokens[index].content

    def _file(self, index: int) -> str | None:
        """The file's name in the paragraph before a block, and before the block's comment."""
        tokens = self._tokens[:index]
        while tokens and tokens[-1].type in ("html_block", "paragraph_close"):
            tokens.pop()
        found = _FILE.match(tokens[-1].content) if tokens and tokens[-1].type == "inline" else None
        return found[1] if found else None

    @staticmethod
    def _line(token: Token) -> int:
        return (token.map or [0])[0] + 1

    def _inline(self, kind: str) -> Iterator[tuple[int, Token]]:
        line = 0
        for token in self._tokens:
            line = self._line(token) if token.map else line
            yield from ((line, child) for child in token.children or [] if child.type == kind)

    @property
    def names(self) -> Iterator[tuple[int, str]]:
        """The texts in backquotes, with their lines."""
        return ((line, token.content) for line, token in self._inline("code_inline"))

    @property
    def links(self) -> Iterator[tuple[int, str]]:
        """Where links and images lead."""
        for kind, attribute in (("link_open", "href"), ("image", "src")):
            for line, token in self._inline(kind):
                yield line, str(token.attrs[attribute])

    @cached_property
    def anchors(self) -> set[str]:
        """What a link can name after `#`, by GitHub's rule."""
        headings = [self._tokens[i + 1].content for i, token in enumerate(self._tokens) if token.type == "heading_open"]
        return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def documents() -> list[Document]:
    """The documents whose blocks are tested."""
    patterns = ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "Workbench/README.md", "Examples/*/README.md", "docs/**/*.md")
    return [Document(path) for pattern in patterns for path in sorted(ROOT.glob(pattern))]
