"""What README.md tells a new user is so."""

from __future__ import annotations

import argparse
import importlib.util
import itertools
import json
import re
import shlex
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml

from meta_ads.campaigns.accounts import load_accounts
from meta_ads.cli import connections
from meta_ads.cli.commands import _parser
from meta_ads.errors import apart
from meta_ads.launching.preflight import offline_problems
from meta_ads.launching.timing import Timing
from meta_ads.media.inspection import MediaInspector
from meta_ads.store.database import Database
from tests.docs.documents import DOCUMENTS, PACKAGE, PROJECT, README, anchors, blocks, edges, prose

LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
SCRIPT = re.compile(r"\bscripts/(\w+)")
# Where a command stands in code: after a backtick, a path, or at the start of a line.
COMMAND = re.compile(r"(?:`|bin/|^)adlaunch ([\w-]+)([^`\n;#]*)", re.MULTILINE)
VARIABLE = re.compile(r"\b(?:ADLAUNCH|META|AIRFLOW_CONN)_[A-Z_]*[A-Z]\b")
CODE_FOLDERS = ("plugins", "include", "scripts", "tests/contract")


def links() -> list[tuple[Path, str]]:
    return [
        (document, target)
        for document in DOCUMENTS
        for target in LINK.findall(prose(document))
        if not target.startswith("https://")
    ]


def subcommands() -> dict[str, argparse.ArgumentParser]:
    parser = _parser()
    (found,) = (
        action for action in parser._actions if isinstance(action, argparse._SubParsersAction)
    )
    return dict(found.choices)


def code() -> str:
    return "\n".join(
        path.read_text()
        for folder in CODE_FOLDERS
        for path in (PROJECT / folder).rglob("*")
        if path.suffix in ("", ".py") and path.is_file()
    )


@pytest.mark.parametrize(
    ("document", "target"), links(), ids=lambda value: getattr(value, "name", value)
)
def test_every_link_leads_to_something(document, target):
    path, _, anchor = target.partition("#")
    there = (document.parent / path).resolve() if path else document
    assert there.exists()
    assert not anchor or anchor in anchors(there)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.parent.name)
def test_every_script_named_can_be_run(document):
    for name in SCRIPT.findall(document.read_text()):
        assert (PROJECT / "scripts" / name).stat().st_mode & 0o111, name


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.parent.name)
def test_every_adlaunch_command_named_exists_with_its_options(document):
    known = subcommands()
    for name, rest in COMMAND.findall(document.read_text()):
        assert name in known
        options = known[name]._option_string_actions
        assert [option for option in re.findall(r"--[\w-]+", rest) if option not in options] == []


def test_every_adlaunch_command_is_documented():
    text = README.read_text()
    assert [name for name in subcommands() if f"adlaunch {name}" not in text] == []


def test_every_environment_variable_named_is_read_somewhere():
    known = code()
    named = set(VARIABLE.findall(README.read_text()))
    assert named
    assert [name for name in sorted(named) if name not in known] == []


def test_every_variable_of_ours_is_documented():
    ours = {name for name in VARIABLE.findall(code()) if name.startswith("ADLAUNCH_")}
    assert [name for name in sorted(ours) if name not in README.read_text()] == []


def test_the_campaign_file_shown_first_has_no_problem(tmp_path):
    first, schedule = blocks(README, "yaml")[:2]
    (tmp_path / "include/campaigns").mkdir(parents=True)
    (tmp_path / "include/campaigns/first.yaml").write_text(first + schedule)
    shutil.copytree(PROJECT / "configs", tmp_path / "configs")
    media = MediaInspector(PROJECT / "creatives")
    now = datetime(2026, 12, 1, tzinfo=UTC)
    checked, problems = offline_problems(tmp_path, media, now, ["first"])
    assert (checked, apart(problems)[0]) == (1, [])


def test_the_account_shown_is_a_valid_one(tmp_path):
    (entry,) = (block for block in blocks(README, "yaml") if block.startswith("accounts:"))
    (tmp_path / "configs").mkdir()
    (tmp_path / "configs/accounts.yaml").write_text(entry)
    accounts = load_accounts(tmp_path)
    assert accounts.problems == ()
    assert list(accounts.by_key) == list(yaml.safe_load(entry)["accounts"])


def test_the_connections_shown_are_understood(monkeypatch):
    (shown,) = (block for block in blocks(README, "") if connections.META in block)
    for line in filter(None, shown.splitlines()):
        name, _, value = shlex.split(line)[0].partition("=")
        monkeypatch.setenv(name, value)
    settings = connections.graph_settings()
    assert (settings.token, settings.app_secret) == ("TOKEN", "SECRET")
    assert settings.base_url == "https://graph.facebook.com"
    assert connections.database_url() == "postgresql://ads:PASSWORD@db/ads"


def test_the_body_shown_for_a_trigger_is_json_with_the_keys_airflow_wants():
    (body,) = re.findall(r"-d '(\{\"logical_date\".*\})'", README.read_text())
    assert json.loads(body)["logical_date"] is None


@pytest.mark.parametrize(
    "label", ["Dag Docs", "Dag Import Errors", "Required Actions", "Connections", "Add Connection"]
)
def test_the_label_named_is_one_of_airflows_pages(label):
    airflow = importlib.util.find_spec("airflow")
    assert airflow is not None
    assert airflow.origin is not None
    texts = (Path(airflow.origin).parent / "ui/dist/i18n/locales/en").glob("*.json")
    assert any(f'"{label}"' in text.read_text() for text in texts)
    assert label in README.read_text()


def test_the_chain_drawn_is_the_chain_of_the_dag():
    source = (PACKAGE / "airflow/launch_dag.py").read_text()
    wanted = set()
    for line in re.findall(r"^ +(\w+ >> .*)$", source, re.MULTILINE):
        groups = [re.findall(r"\w+", part) for part in line.split(">>")]
        for starts, ends in itertools.pairwise(groups):
            wanted.update((start, end) for start in starts for end in ends)
    drawn = edges(blocks(README, "mermaid")[0])
    assert drawn - wanted == {("F", "preflight")}
    assert wanted - drawn == set()


def test_the_bounds_named_are_those_of_the_code():
    timing, text = Timing(), " ".join(README.read_text().split())
    assert f"most {timing.late_commit:.0f} seconds after its end" in text
    assert f"within {timing.list_lag:.0f} seconds" in text
    assert f"{timing.attempts} attempts left no trace" in text
    assert timing.quiescence.total_seconds() < 4 * 60, "README says about 4 minutes"


def test_every_query_shown_runs(database: Database):
    shown = blocks(README, "sql")
    queries = [query for block in shown for query in block.strip().split("\n\n")]
    assert len(queries) == 13
    for query in queries:
        assert database.rows(query) == []
