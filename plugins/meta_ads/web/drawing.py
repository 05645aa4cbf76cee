"""Templates: every value is escaped, and a name that is missing is an error."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from meta_ads.web import shown
from meta_ads.web.situations import Action
from meta_ads.web.words import BUTTONS, EVENTS, KINDS, REQUEST_STATES, STEP_STATES

STATIC = Path(__file__).parent / "static"


def _asset(file: Path) -> str:
    """Return the path of a style or script: another one for other content, so browsers keep it."""
    return f"/static/{file.name}?{hashlib.sha256(file.read_bytes()).hexdigest()[:12]}"


_environment = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_environment.filters.update(
    minor_money=shown.minor_money,
    whole_money=shown.whole_money,
    number=shown.number,
    rate=shown.rate,
    moment=shown.moment,
    iso=shown.iso,
    countdown=shown.countdown,
    first_line=shown.first_line,
)
_environment.globals.update(
    assets={file.name: _asset(file) for file in STATIC.iterdir()},
    buttons=BUTTONS,
    events=EVENTS,
    kinds=KINDS,
    request_states=REQUEST_STATES,
    step_states=STEP_STATES,
    Action=Action,
)


def draw(request: Request, template: str, status: int = 200, **values: Any) -> HTMLResponse:
    """Return a page. `base` is where the app is mounted, `airflow` where Airflow is."""
    root = request.scope.get("root_path", "").rstrip("/")
    airflow = request.scope.get("app_root_path", "").rstrip("/")
    text = _environment.get_template(template).render(base=root, airflow=airflow, **values)
    return HTMLResponse(text, status)
