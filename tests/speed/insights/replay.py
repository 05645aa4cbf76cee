"""Serves recorded rows from memory, so that neither design waits for the emulator's arithmetic.

Arguments: a file that `recording` wrote, and how many times each ad is there, under ids of its own.
Prints its address. It answers any days and page size in the emulator's order: by ad, then by day.
"""

from __future__ import annotations

import json
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

_USAGE = '{"app_id_util_pct":1,"acc_id_util_pct":1,"ads_api_access_tier":"standard_access"}'
# Ids of synthetic ads have 15 digits.
_COPY = 10**16


class Rows:
    """The rows by ad and day, as they go over the wire. Every ad must have every day."""

    def __init__(self, recording: Path, copies: int) -> None:
        self._copies = copies
        self._ads: list[tuple[bytes, list[bytes]]] = []
        by_ad: dict[str, dict[str, bytes]] = {}
        with recording.open() as lines:
            self.facts = next(lines).encode()
            for line in lines:
                row = json.loads(line)
                by_ad.setdefault(row["ad_id"], {})[row["date_start"]] = line.rstrip("\n").encode()
        self._days = sorted({day for days in by_ad.values() for day in days})
        for ad, days in by_ad.items():
            if len(days) != len(self._days):
                raise SystemExit(f"ad {ad} has {len(days)} of {len(self._days)} days")
            self._ads.append((ad.encode(), [days[day] for day in self._days]))

    def page(self, since: str, until: str, start: int, limit: int) -> tuple[list[bytes], bool]:
        """Return rows from a place on, and whether there are more."""
        days = [place for place, day in enumerate(self._days) if since <= day <= until]
        total = len(self._ads) * self._copies * len(days)
        end = min(start + limit, total)
        return [self._row(place, days) for place in range(start, end)], end < total

    def _row(self, place: int, days: list[int]) -> bytes:
        number, day = divmod(place, len(days))
        copy, number = divmod(number, len(self._ads))
        ad, rows = self._ads[number]
        row = rows[days[day]]
        if copy:
            row = row.replace(b'"ad_id":"' + ad, b'"ad_id":"%d' % (int(ad) + copy * _COPY), 1)
        return row


def server_of(rows: Rows) -> ThreadingHTTPServer:
    """Return a server on a free port of the loopback address."""

    class Handler(BaseHTTPRequestHandler):
        """Answers the account's facts and its report; all else is none of this measurement."""

        protocol_version = "HTTP/1.1"
        wbufsize = 1 << 20

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
            body = self._report(asked) if parts.path.endswith("/insights") else rows.facts
            self.send_response(200)
            self.send_header("Content-Type", "application/json; charset=UTF-8")
            self.send_header("Content-Length", str(len(body)))
            self.send_header("X-FB-Ads-Insights-Throttle", _USAGE)
            self.end_headers()
            self.wfile.write(body)

        def _report(self, asked: dict[str, str]) -> bytes:
            days = json.loads(asked["time_range"])
            start, limit = int(asked.get("after", 0)), int(asked["limit"])
            page, more = rows.page(days["since"], days["until"], start, limit)
            paging = {"cursors": {"before": str(start), "after": str(start + len(page))}}
            if more:
                paging["next"] = f"{address}{self.path}&after={start + len(page)}"  # type: ignore[assignment]
            return b'{"data":[%s],"paging":%s}' % (b",".join(page), json.dumps(paging).encode())

        def log_message(self, format: str, *args: object) -> None:
            del format, args

    made = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    address = f"http://127.0.0.1:{made.server_port}"
    return made


def main() -> None:
    recording, copies = sys.argv[1:]
    server = server_of(Rows(Path(recording), int(copies)))
    print(f"http://127.0.0.1:{server.server_port}", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
