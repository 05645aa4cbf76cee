"""The dbt project that uses the package, and nothing else."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from urllib.parse import unquote, urlsplit

#: The schema of the package's reports; its staging models are in `<this>_source`.
REPORTS = "reports_facebook_ads"
COMMANDS = (("deps",), ("source", "freshness"), ("run",), ("test",))
_PROJECT = """
name: adlaunch
version: 1.0.0
profile: adlaunch
"""
_PACKAGES = """
packages:
  - package: fivetran/facebook_ads
    version: [">=1.4.0", "<1.5.0"]
"""


def write_project(folder: Path, url: str, package: Path | None) -> Path:
    """Write the project; with `package`, a folder dbt_packages, nothing is fetched."""
    folder.mkdir()
    parts = urlsplit(url)
    target = {
        "type": "postgres",
        "host": parts.hostname,
        "port": parts.port,
        "user": unquote(parts.username or ""),
        "password": unquote(parts.password or ""),
        "dbname": parts.path.lstrip("/"),
        "schema": "reports",
        "threads": 2,
    }
    profile = {"adlaunch": {"target": "local", "outputs": {"local": target}}}
    (folder / "profiles.yml").write_text(json.dumps(profile))
    (folder / "dbt_project.yml").write_text(_PROJECT)
    if package is None:
        (folder / "packages.yml").write_text(_PACKAGES)
    else:
        shutil.copytree(package, folder / "dbt_packages")
    return folder
