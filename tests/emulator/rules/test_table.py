"""The table of rules is whole: each is raised by the server, has a test, and names its source."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from emulator.policy.rule_table import as_markdown
from emulator.policy.rules import Rule, all_rules
from tests.emulator.server import PROJECT

SERVER, TESTS = PROJECT / "include/emulator", PROJECT / "tests/emulator"
#: How a rule's `source` may begin.
SOURCES = (
    "SDK",
    "documented",
    "reported",
    "inferred",
    "rule documented",
    "limit documented",
    "rule reported",
    "this server's own",
)


def _strings(folder: Path) -> Iterator[str]:
    """Yield every text constant of the folder's Python files, this one left out."""
    for file in folder.rglob("*.py"):
        if file != Path(__file__):
            for node in ast.walk(ast.parse(file.read_text())):
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    yield node.value


def _raised(folder: Path) -> Iterator[tuple[str, str]]:
    """Yield the rule of each ``broken("…")`` call with its place."""
    for file in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if not (isinstance(node, ast.Call) and getattr(node.func, "id", "") == "broken"):
                continue
            if isinstance(node.args[0], ast.Constant):
                yield str(node.args[0].value), f"{file.relative_to(folder)}:{node.lineno}"


# A few places choose among rules first and raise the chosen one: their names stand there as text.
WRITTEN_IN_THE_SERVER = frozenset(_strings(SERVER))
TESTED = frozenset(_strings(TESTS))


@pytest.mark.parametrize("rule", sorted(all_rules()))
def test_a_rule_is_raised_by_the_server(rule: str) -> None:
    assert rule in WRITTEN_IN_THE_SERVER


@pytest.mark.parametrize("rule", sorted(all_rules()))
def test_a_rule_is_broken_by_a_test(rule: str) -> None:
    assert rule in TESTED


def test_the_server_raises_no_rule_that_the_table_lacks() -> None:
    unknown = [(name, place) for name, place in _raised(SERVER) if name not in all_rules()]
    assert unknown == []


def test_every_rule_names_its_source() -> None:
    for rule in all_rules().values():
        assert rule.source.startswith(SOURCES), rule


def test_no_two_rules_look_alike_to_a_caller() -> None:
    seen: dict[object, str] = {}
    for rule in all_rules().values():
        known = seen.setdefault((rule.code, rule.subcode, rule.title, rule.message), rule.name)
        assert known == rule.name, f"{rule.name} cannot be told from {known}"


def test_the_command_line_prints_the_table_for_a_reader() -> None:
    command = [sys.executable, "-m", "emulator", "--rules"]
    environment = {"PYTHONPATH": str(PROJECT / "include")}
    printed = subprocess.run(
        command, capture_output=True, text=True, timeout=30, check=True, env=environment
    ).stdout
    assert printed.strip() == as_markdown(all_rules())
    for rule in all_rules().values():
        assert f"| `{rule.name}` | {rule.code} |" in printed


def test_a_cell_of_the_table_cannot_break_it() -> None:
    rule = Rule("odd", 100, "inferred", title="a|b", user_message="one\ntwo")
    assert as_markdown({"odd": rule}).splitlines()[-1].count(" | ") == 6
