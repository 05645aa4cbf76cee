"""The page at ``/``: the accounts with what stands in them, and the latest writes."""

from html import escape
from typing import Any

from starlette.responses import HTMLResponse, Response

from emulator.clock import meta_text
from emulator.control import object_tree
from emulator.emulator import Emulator
from emulator.faults import load_faults

_STYLE = """
:root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif; }
body { margin: 0 auto; max-width: 72rem; padding: 1.5rem; }
h1 { font-size: 1.4rem; margin: 0; } h2 { font-size: 1.1rem; margin: 2rem 0 .5rem; }
p, .quiet { color: color-mix(in srgb, currentColor 65%, transparent); }
ul { list-style: none; margin: 0; padding-left: 1.25rem; }
li { padding: .1rem 0; } code { font-size: .85em; }
.account { border-top: 1px solid #8884; padding: .75rem 0; } .account > ul { padding-left: 0; }
.status { border: 1px solid #8886; border-radius: 1rem; font-size: .75rem; padding: 0 .5rem; }
.ACTIVE, .ready { border-color: #2a9d4a; color: #2a9d4a; }
.DISAPPROVED, .WITH_ISSUES, .error, .DELETED { border-color: #d33; color: #d33; }
table { border-collapse: collapse; width: 100%; }
td, th { border-bottom: 1px solid #8883; padding: .25rem .5rem; text-align: left; }
"""
_JOURNAL_ROWS = 50
# The newest of each are shown; the heading counts them all.
_ROWS_PER_ACCOUNT = 50


def show_page(emulator: Emulator) -> Response:
    """Return the page; everything that came from a client is escaped, nothing is loaded."""
    body = [
        "<h1>Marketing API emulator</h1>",
        f"<p>{escape(meta_text(emulator.clock.now(), 'UTC'))} by its own clock, "
        f"list lag {emulator.list_lag_seconds:g} s, {len(load_faults(emulator))} scripted "
        "faults. Nothing here reaches Meta.</p>",
        "<h2>Accounts</h2>",
        *(_account(row) for row in object_tree(emulator)),
        "<h2>Latest writes</h2>",
        _journal(emulator),
    ]
    return HTMLResponse(
        "<!doctype html><html lang='en'><meta charset='utf-8'>"
        "<meta name='viewport' content='width=device-width'>"
        f"<title>Marketing API emulator</title><style>{_STYLE}</style><body>{''.join(body)}</body>",
        headers={"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'"},
    )


def _account(row: dict[str, Any]) -> str:
    campaigns, videos = row["campaigns"], row["videos"]
    inner = "".join(_item(campaign, "adsets") for campaign in campaigns[:_ROWS_PER_ACCOUNT])
    media = "".join(_item(video, "") for video in videos[:_ROWS_PER_ACCOUNT])
    counts = ", ".join(
        f"{len(row[name])} {name}" for name in ("campaigns", "creatives", "videos", "images")
    )
    return (
        f"<div class='account'><strong>{escape(row['name'])}</strong> "
        f"<code>{escape(row['id'])}</code> <span class='quiet'>{counts}</span>"
        f"<ul>{inner}{media}</ul></div>"
    )


def _item(row: dict[str, Any], below: str) -> str:
    status = str(row.get("effective_status") or row.get("video_status") or "")
    following = {"adsets": "ads", "ads": ""}.get(below, "")
    inner = "".join(_item(child, following) for child in row.get(below, []))
    name = escape(str(row.get("name") or row.get("title") or "unnamed"))
    return (
        f"<li><span class='status {escape(status)}'>{escape(status)}</span> "
        f"<span class='quiet'>{escape(row['kind'])}</span> {name} "
        f"<code>{escape(row['id'])}</code>{f'<ul>{inner}</ul>' if inner else ''}</li>"
    )


def _journal(emulator: Emulator) -> str:
    last = emulator.state.journal_length()
    entries = emulator.state.journal(max(0, last - _JOURNAL_ROWS))
    if not entries:
        return "<p>Nothing has been written yet.</p>"
    rows = "".join(
        "<tr>"
        + "".join(
            f"<td>{escape(str(entry[name] if entry[name] is not None else ''))}</td>"
            for name in ("seq", "time", "kind", "object_kind", "object_id", "name")
        )
        + "</tr>"
        for entry in reversed(entries)
    )
    return (
        "<table><tr><th>#</th><th>time</th><th>what</th><th>kind</th><th>id</th><th>name</th></tr>"
        f"{rows}</table>"
    )
