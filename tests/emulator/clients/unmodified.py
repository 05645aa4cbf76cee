"""Installs clients of others as they are published and runs them against an emulator.

``unmodified.json`` names the packages and what each is asked to do; ``python -m`` this module
tells how every one of them fared.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tests.emulator.clients.https_front import HttpsFront
from tests.emulator.launches import US, Launch
from tests.emulator.media import make_image, make_video
from tests.emulator.server import EmulatorProcess, Graph

PLANS = Path(__file__).with_name("unmodified.json")
_TOKEN = "EAAemulator0000000000000000000000000000000000000000000000"
_LONGEST = 600


def main() -> int:
    """Run the clients named on the command line, else all; return 1 when one failed."""
    plans: dict[str, dict[str, Any]] = json.loads(PLANS.read_text())
    parser = argparse.ArgumentParser(prog="scripts/try_clients", description=__doc__)
    parser.add_argument("clients", nargs="*", help=f"which of {', '.join(plans)} (all)")
    parser.add_argument("--python", default=sys.executable, help="the Python clients get")
    parser.add_argument(
        "--folder",
        type=Path,
        default=Path(tempfile.gettempdir()) / "emulator-clients",
        help="keeps what was installed, for another time (%(default)s)",
    )
    asked = parser.parse_args()
    if unknown := set(asked.clients) - set(plans):
        parser.error(f"no such client: {', '.join(sorted(unknown))}")
    asked.folder.mkdir(parents=True, exist_ok=True)
    fared = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        emulator = EmulatorProcess(folder / "state")
        try:
            values = _prepare(emulator, folder)
            front = HttpsFront(emulator.url, folder)
            front.start()
            environment = {**front.environment(), "META_TOKEN": _TOKEN}
            for client in asked.clients or plans:
                home = asked.folder / client
                fared[client] = _try(plans[client], home, asked.python, environment, values)
                print(f"{client}: {fared[client]}", flush=True)
        finally:
            emulator.stop()
    return 0 if all(told.startswith("works") for told in fared.values()) else 1


def _prepare(emulator: EmulatorProcess, folder: Path) -> dict[str, str]:
    """Let a launch go live on the emulator; return the words that plans may use."""
    image, video = make_image(), make_video(folder / "clip.mp4")
    (folder / "still.jpg").write_bytes(image)
    graph = Graph(emulator)
    launch = Launch(graph, US, video, image)
    for node in (launch.ad, launch.ad_set, launch.campaign):
        graph.post(node, status="ACTIVE")
    today = datetime.now(UTC)
    return {
        "token": _TOKEN,
        "account": US,
        "number": US.removeprefix("act_"),
        "campaign": launch.campaign,
        "ad": launch.ad,
        "url": emulator.url,
        "folder": str(folder),
        "today": today.date().isoformat(),
        "tomorrow": (today + timedelta(days=1)).date().isoformat(),
    }


def _try(
    plan: dict[str, Any],
    home: Path,
    python: str,
    environment: dict[str, str],
    values: dict[str, str],
) -> str:
    """Install one client and run its commands; return how it fared, in a line."""
    if not (home / "installed").exists():
        subprocess.run([python, "-m", "venv", "--clear", str(home)], check=True)
        pip = [str(home / "bin/python"), "-m", "pip", "install", "--quiet", *plan["packages"]]
        installed = subprocess.run(pip, capture_output=True, text=True, check=False)
        if installed.returncode:
            return f"cannot be installed: {installed.stderr.strip().splitlines()[-1]}"
        (home / "installed").touch()
    own = {name: _filled(text, values) for name, text in plan.get("environment", {}).items()}
    for name, text in plan.get("files", {}).items():
        content = text if isinstance(text, str) else json.dumps(text)
        (Path(values["folder"]) / name).write_text(_filled(content, values))
    for step in plan["steps"]:
        command = [_filled(word, values) for word in step["run"]]
        done = subprocess.run(
            [str(home / "bin" / command[0]), *command[1:]],
            cwd=values["folder"],
            env={**environment, **own, "PATH": f"{home / 'bin'}{os.pathsep}{os.environ['PATH']}"},
            capture_output=True,
            text=True,
            timeout=_LONGEST,
            check=False,
        )
        said = done.stdout + done.stderr
        if done.returncode or _filled(step.get("says", ""), values) not in said:
            return f"fails at {' '.join(command)[:80]}: {said.strip()[-400:]}"
        if name := step.get("writes"):
            (Path(values["folder"]) / name).write_text(done.stdout)
    return f"works ({len(plan['steps'])} commands)"


def _filled(text: str, values: dict[str, str]) -> str:
    for name, value in values.items():
        text = text.replace(f"<{name}>", value)
    return text


if __name__ == "__main__":
    sys.exit(main())
