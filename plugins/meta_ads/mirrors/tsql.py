"""The statements that keep a table of SQL Server like a view: text made of columns, no I/O.

Names come from the views' own columns, values travel as parameters. Source of the forms:
Microsoft's Transact-SQL reference, CREATE TABLE, MERGE, sp_getapplock.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from meta_ads.syncing.mirroring import SCALE, Column

SCHEMA = "meta_ads"
# A key of an index has at most 900 bytes; Meta's types of actions are shorter than this.
_KEY_TEXT = "nvarchar(200)"
# As Postgres compares: a name whose case changed is another name. Most servers compare without it.
_COLLATION = "Latin1_General_100_BIN2"
_TYPES = {
    "text": "nvarchar(max)",
    "bigint": "bigint",
    "date": "date",
    "numeric": f"decimal(28, {SCALE})",
}

MAKE_SCHEMA = f"IF SCHEMA_ID(N'{SCHEMA}') IS NULL EXEC (N'CREATE SCHEMA {SCHEMA}');"
#: One mirror at a time; the lock goes with the connection.
LOCK = (
    "SET NOCOUNT ON;\n"
    "DECLARE @got int;\n"
    "EXEC @got = sp_getapplock @Resource = N'meta_ads.mirror', @LockMode = 'Exclusive',\n"
    "    @LockOwner = 'Session', @LockTimeout = 60000;\n"
    "SELECT @got;"
)
#: What a table has: name, type, length, precision and scale of each column.
COLUMNS = (
    "SELECT COLUMN_NAME, DATA_TYPE, CHARACTER_MAXIMUM_LENGTH, NUMERIC_PRECISION, NUMERIC_SCALE\n"  # nosec B608
    "FROM INFORMATION_SCHEMA.COLUMNS\n"
    f"WHERE TABLE_SCHEMA = N'{SCHEMA}' AND TABLE_NAME = ?;"
)


def table(name: str) -> str:
    """Return the table that mirrors a view."""
    return f"[{SCHEMA}].[{name}]"


def staging(name: str) -> str:
    """Return the table that a part is loaded into before it is merged, without brackets."""
    return f"{SCHEMA}.{name}_staging"


def create(name: str, columns: Sequence[Column], key: Sequence[str]) -> str:
    """Return what makes the table of a view, if it is not there."""
    lines = _defined(columns, key)
    names = ", ".join(f"[{one}]" for one in key)
    lines.append(f"    CONSTRAINT [pk_{name}] PRIMARY KEY ({names})")
    body = ",\n".join(lines)
    return (
        f"IF OBJECT_ID(N'{SCHEMA}.{name}', N'U') IS NULL\nCREATE TABLE {table(name)} (\n{body}\n);"
    )


def create_staging(name: str, columns: Sequence[Column], key: Sequence[str]) -> str:
    """Return what makes an empty staging table; rows of a mirror that died are gone then."""
    body = ",\n".join(_defined(columns, key))
    return (
        f"DROP TABLE IF EXISTS [{SCHEMA}].[{name}_staging];\n"
        f"CREATE TABLE [{SCHEMA}].[{name}_staging] (\n{body}\n);"
    )


def drop_staging(name: str) -> str:
    """Return what drops the staging table."""
    return f"DROP TABLE IF EXISTS [{SCHEMA}].[{name}_staging];"


def merge(name: str, columns: Sequence[Column], key: Sequence[str]) -> str:
    """Return what makes a part like its staged rows: one statement, all or nothing.

    Parameters: the account, the month's first day, the next month's. Rows of other parts stay.
    """
    rest = [column for column in columns if column.name not in key]
    on = "\n    AND ".join(f"known.[{one}] = staged.[{one}]" for one in key)
    known = ", ".join(_compared("known", one) for one in rest)
    staged = ", ".join(_compared("staged", one) for one in rest)
    updates = ",\n    ".join(f"known.[{one.name}] = staged.[{one.name}]" for one in rest)
    names = ", ".join(f"[{column.name}]" for column in columns)
    values = ", ".join(f"staged.[{column.name}]" for column in columns)
    return (
        f"MERGE INTO {table(name)} WITH (HOLDLOCK) AS known\n"  # nosec B608
        f"USING [{SCHEMA}].[{name}_staging] AS staged\n"
        f"ON {on}\n"
        f"WHEN MATCHED AND EXISTS (\n    SELECT {known}\n    EXCEPT SELECT {staged}\n"
        ") THEN UPDATE SET\n"
        f"    {updates}\n"
        f"WHEN NOT MATCHED BY TARGET THEN INSERT ({names})\n"
        f"    VALUES ({values})\n"
        "WHEN NOT MATCHED BY SOURCE AND known.[account_id] = ? AND known.[date] >= ?\n"
        "    AND known.[date] < ? THEN DELETE;"
    )


def remove(name: str) -> str:
    """Return what deletes a part; parameters as of `merge`."""
    return f"DELETE FROM {table(name)}\nWHERE [account_id] = ? AND [date] >= ? AND [date] < ?;"  # nosec B608


def column_problems(
    columns: Sequence[Column], key: Sequence[str], there: Mapping[str, str]
) -> list[str]:
    """Return what keeps a table that is there from holding a view's rows.

    `there` has the type of each column. Columns of others' own are theirs, as long as rows can be
    added without them.
    """
    problems = []
    for column in columns:
        wanted = _type(column, key)
        found = there.get(column.name)
        if found is None:
            problems.append(f"column {column.name} is missing: add it as {wanted} NULL")
        elif found != wanted:
            problems.append(f"column {column.name} is {found}: alter it to {wanted}")
    return problems


def type_of(data_type: str, length: int | None, precision: int | None, scale: int | None) -> str:
    """Return a type of INFORMATION_SCHEMA.COLUMNS as statements write it."""
    if data_type in ("nvarchar", "varchar", "nchar", "char"):
        return f"{data_type}({'max' if length == -1 else length})"
    if data_type in ("decimal", "numeric"):
        return f"decimal({precision}, {scale})"
    return data_type


def _type(column: Column, key: Sequence[str]) -> str:
    if column.name in key and column.kind == "text":
        return _KEY_TEXT
    return _TYPES[column.kind]


def _compared(table_name: str, column: Column) -> str:
    name = f"{table_name}.[{column.name}]"
    return f"{name} COLLATE {_COLLATION}" if column.kind == "text" else name


def _defined(columns: Sequence[Column], key: Sequence[str]) -> list[str]:
    lines = []
    for column in columns:
        text = f"    [{column.name}] {_type(column, key)}"
        if column.name in key:
            text += (f" COLLATE {_COLLATION}" if column.kind == "text" else "") + " NOT NULL"
        else:
            text += " NULL"
        lines.append(text)
    return lines
