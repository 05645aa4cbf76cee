"""Runs the dbt package on a database filled from the emulator, and checks what it made.

A green dbt proves little: a table that is missing gives an empty model whose tests pass. So the
totals of every report are held against their source, too.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

from local_stack.postgres import LocalPostgres
from meta_ads.store.database import Database
from meta_ads.store.migrate import migrate
from tests.dbt.acceptance import failures
from tests.dbt.project import COMMANDS, REPORTS, write_project
from tests.dbt.world import fill

# From 1.12 on, dbt-core fetches a parser from elsewhere when it is installed.
DBT = ("dbt-core>=1.10,<1.12", "dbt-postgres>=1.9")


def main() -> int:
    """Return 0 when dbt ran without a warning of a missing table and every total agrees."""
    parser = argparse.ArgumentParser(prog="scripts/dbt", description=__doc__)
    parser.add_argument("--python", default=sys.executable, help="the Python that dbt gets")
    parser.add_argument(
        "--folder",
        type=Path,
        default=Path(tempfile.gettempdir()) / "adlaunch-dbt",
        help="keeps the installed dbt, for another time (%(default)s)",
    )
    parser.add_argument(
        "--package",
        type=Path,
        help="a folder dbt_packages made elsewhere by `dbt deps`, for want of dbt's hub",
    )
    asked = parser.parse_args()
    tools = _dbt(asked.folder, asked.python)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with LocalPostgres(folder / "postgres", databases=("ads",)) as server:
            url = server.url("ads")
            migrate(url)
            database = Database(url)
            fill(database, folder)
            wrong = _run(tools, write_project(folder / "project", url, asked.package))
            wrong += failures(database, REPORTS)
            database.close()
    print("\n".join(f"WRONG: {line}" for line in wrong) or "dbt: every total agrees", flush=True)
    return 1 if wrong else 0


def _dbt(folder: Path, python: str) -> Path:
    """Return the folder with the command dbt; installs it the first time."""
    if not (folder / "installed").exists():
        subprocess.run([python, "-m", "venv", "--clear", str(folder)], check=True)
        pip = [str(folder / "bin/python"), "-m", "pip", "install", "--quiet", *DBT]
        subprocess.run(pip, check=True)
        (folder / "installed").touch()
    return folder / "bin"


def _run(tools: Path, project: Path) -> list[str]:
    """Run dbt's commands; return what failed, and every warning of a missing table."""
    wrong = []
    commands = COMMANDS if not (project / "dbt_packages").exists() else COMMANDS[1:]
    for command in commands:
        print(f"dbt {' '.join(command)}", flush=True)
        done = subprocess.run(
            [str(tools / "dbt"), "--no-use-colors", *command, "--profiles-dir", str(project)],
            cwd=project,
            capture_output=True,
            text=True,
            check=False,
        )
        print("\n".join(done.stdout.strip().splitlines()[-4:]), flush=True)
        if done.returncode:
            wrong.append(f"dbt {' '.join(command)} failed:\n{done.stdout[-3000:]}{done.stderr}")
            break
        if "was not found" in done.stdout:
            wrong.append(f"dbt {' '.join(command)} says that a table was not found")
    return wrong


if __name__ == "__main__":
    sys.exit(main())
