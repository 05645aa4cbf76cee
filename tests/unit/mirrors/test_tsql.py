"""The statements for SQL Server: golden files that a parser of T-SQL understands."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
import sqlfluff

from meta_ads.mirrors import tsql
from meta_ads.syncing.mirroring import KEYS, Column

GOLDEN = Path(__file__).parent / "statements.sql"
VIEW = "vw_graph_ads_actions"
COLUMNS = (
    Column("account_id", "text"),
    Column("date", "date"),
    Column("campaign_name", "text"),
    Column("ad_id", "bigint"),
    Column("action_type", "text"),
    Column("value", "numeric"),
)


def statements() -> str:
    key = KEYS[VIEW]
    made = {
        "schema": tsql.MAKE_SCHEMA,
        "lock": tsql.LOCK,
        "create": tsql.create(VIEW, COLUMNS, key),
        "columns": tsql.COLUMNS,
        "create_staging": tsql.create_staging(VIEW, COLUMNS, key),
        "merge": tsql.merge(VIEW, COLUMNS, key),
        "drop_staging": tsql.drop_staging(VIEW),
        "remove": tsql.remove(VIEW),
    }
    return "\n\n".join(f"-- {name}\n{text}" for name, text in made.items()) + "\n"


def test_the_statements_are_the_golden_ones() -> None:
    if os.environ.get("ADLAUNCH_UPDATE_GOLDEN"):
        GOLDEN.write_text(statements())
    assert statements() == GOLDEN.read_text()


@pytest.mark.parametrize("text", GOLDEN.read_text().split("\n\n"))
def test_a_parser_of_tsql_understands_them(text: str) -> None:
    # Its dialect has no parameters; a variable stands where one does.
    found = sqlfluff.lint(text.replace("?", "@p") + "\n", dialect="tsql", rules=["PRS"])
    assert [one["description"] for one in found] == []


def test_that_parser_finds_what_is_wrong() -> None:
    assert sqlfluff.lint("MERGE INTO THE WOODS;\n", dialect="tsql", rules=["PRS"])


def test_a_table_that_fits_has_no_problems() -> None:
    there = {
        "account_id": tsql.type_of("nvarchar", 200, None, None),
        "date": tsql.type_of("date", None, None, None),
        "campaign_name": tsql.type_of("nvarchar", -1, None, None),
        "ad_id": tsql.type_of("bigint", None, 19, 0),
        "action_type": tsql.type_of("nvarchar", 200, None, None),
        "value": tsql.type_of("decimal", None, 28, 6),
        "added_by_somebody": "int",
    }
    assert tsql.column_problems(COLUMNS, KEYS[VIEW], there) == []
    del there["value"]
    there["ad_id"] = "int"
    assert tsql.column_problems(COLUMNS, KEYS[VIEW], there) == [
        "column ad_id is int: alter it to bigint",
        "column value is missing: add it as decimal(28, 6) NULL",
    ]
