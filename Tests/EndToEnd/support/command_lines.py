"""The commands that documents show: whether there are such commands, and whether they have the options."""

from __future__ import annotations

import re
import shlex
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from . import locations
from .locations import ROOT
from .markdown import Document

_PROGRAMS = ("traced-lambda", "build.sh")


def command_lines(document: Document) -> Iterator[tuple[str, list[str]]]:
    """The words of each command of this repository that a document shows, from the program's name on, with its place."""
    for block in document.blocks:
        if block.language == "sh":
            for words in _commands(block.text):
                yield block.place, words
    for line, name in document.names:
        if name.split()[:1] and Path(name.split()[0]).name in _PROGRAMS:
            for words in _commands(name):
                yield f"{document.name}:{line}", words


def _commands(text: str) -> Iterator[list[str]]:
    lines = (line for line in re.sub(r"\\\n", " ", text).split("\n"))
    lexer = shlex.shlex("\n".join(map(_without_comment, lines)), posix=True, punctuation_chars="();<>|&\n")
    lexer.whitespace = " \t"
    lexer.commenters = ""
    words: list[str] = []
    for word in [*lexer, "\n"]:
        if re.fullmatch(r"[();<>|&\n]+", word):
            yield from _of_this_repository(words)
            words = []
        else:
            words.append(word)


def _without_comment(line: str) -> str:
    for found in re.finditer(r"(?:^|\s)#", line):
        before = line[: found.start()]
        if before.count("'") % 2 == before.count('"') % 2 == 0:
            return before
    return line


def _of_this_repository(words: list[str]) -> Iterator[list[str]]:
    for index, word in enumerate(words):
        if Path(word).name in _PROGRAMS:
            rest = words[index + 1 :]
            # What stands behind `--` is for another program.
            yield [Path(word).name, *(rest[: rest.index("--")] if "--" in rest else rest)]
            return


def complaint(words: list[str]) -> str | None:
    """What is wrong with a command: no such command, or an option that it does not have."""
    program, *rest = words
    option = re.compile(r"--?[A-Za-z][\w-]*")
    # A sketch of a command (`build.sh COMMAND`, `dev [PRODUCT…]`) names no word of its own there.
    if program == "build.sh" and rest[:1] == ["--container"]:
        if "--container" not in _help(program, None)[1]:
            return "./build.sh has no option --container"
        rest = rest[1:]
    subcommand = rest[0] if rest and re.fullmatch(r"[a-z][a-z-]*", rest[0]) else None
    known, text = _help(program, subcommand)
    if not known:
        return f"there is no command '{program} {subcommand}'"
    options = set(option.findall(text)) | {"-h", "--help"}
    for word in rest:
        if (found := re.match(r"--?[A-Za-z][\w-]*", word)) and found[0] not in options:
            return f"'{program} {subcommand or ''}' has no option {found[0]}"
    return None


@cache
def _help(program: str, subcommand: str | None) -> tuple[bool, str]:
    command = [str(ROOT / "build.sh") if program == "build.sh" else str(locations.traced_lambda())]
    done = subprocess.run(
        [*command, *([subcommand] if subcommand else []), "--help"], capture_output=True, text=True, check=False
    )
    # ArgumentParser takes an unknown word and then prints the help of all.
    is_own = subcommand is None or re.search(rf"(?i)usage: (?:traced-lambda|./build.sh) {subcommand}\b", done.stdout)
    return done.returncode == 0 and bool(is_own), done.stdout
