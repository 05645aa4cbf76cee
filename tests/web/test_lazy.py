"""What Airflow loads in every process, once for each task: next to nothing."""

from __future__ import annotations

import subprocess
import sys

HEAVY = ("fastapi", "starlette", "jinja2", "psycopg", "meta_ads.store", "meta_ads.web.app")


def test_the_plugin_loads_no_web_framework_until_somebody_asks_for_a_page() -> None:
    said = subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys; from pathlib import Path; from meta_ads.web.lazy import LazyApp;"
            f"LazyApp(Path()); print([name for name in {HEAVY!r} if name in sys.modules])",
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    assert said.stdout.strip() == "[]"
