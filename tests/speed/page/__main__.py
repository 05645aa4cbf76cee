"""Ask every view and JSON route of the Campaigns page fifty times, with a thousand campaigns.

Prints the median and the slowest answer, and how much of it our own process worked: the rest is
Postgres. With --serve it stays up for a browser instead.
"""

from __future__ import annotations

import argparse
import statistics
import time

from fastapi import FastAPI
from fastapi.testclient import TestClient

from meta_ads.web.lazy import PREFIX
from tests.speed.page.server import serving

ROUTES = (
    "/",
    "/?state=attention",
    "/?sort=spend&page=3",
    "/?text=spring&account=act_100000000000101",
    "/c/campaign_42",
    "/c/campaign_8",
    "/requests",
    "/requests?state=QA_FAILED",
    "/calendar",
    "/accounts",
    "/api/campaigns?size=200",
    "/api/campaigns/campaign_42",
    "/api/campaigns/campaign_42/plan",
    "/api/campaigns/campaign_42/insights?days=90",
    "/api/requests",
    "/api/calendar",
    "/api/accounts",
)
WANTED_MS = 300.0


def measure(client: TestClient, path: str, times: int) -> tuple[list[float], float]:
    """Return how long each answer took, sorted, and the mean of our own processor's time (ms)."""
    # The first one builds templates and opens connections.
    assert client.get(PREFIX + path).status_code == 200, path
    took, worked = [], time.process_time()
    for _ in range(times):
        began = time.perf_counter()
        client.get(PREFIX + path)
        took.append((time.perf_counter() - began) * 1000)
    return sorted(took), (time.process_time() - worked) * 1000 / times


def main() -> None:
    """Print a line for each route; see the module."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--campaigns", type=int, default=1000)
    parser.add_argument("--times", type=int, default=50)
    parser.add_argument("--serve", type=int, metavar="PORT")
    options = parser.parse_args()
    with serving(options.campaigns) as app:
        if options.serve:
            serve(app, options.serve)
            return
        print(f"{options.campaigns} campaigns, {options.times} times, ms", flush=True)
        print(f"{'median':>8}{'slowest':>9}{'our CPU':>9}")
        slow = []
        with TestClient(app) as client:
            for path in ROUTES:
                took, worked = measure(client, path, options.times)
                print(
                    f"{statistics.median(took):8.0f}{took[-1]:9.0f}{worked:9.0f}  {path}",
                    flush=True,
                )
                slow += [path] if took[-1] > WANTED_MS else []
        print(f"Slower than {WANTED_MS:.0f} ms: {', '.join(slow) or 'none'}")


def serve(app: FastAPI, port: int) -> None:
    """Serve the page until it is interrupted."""
    import uvicorn

    uvicorn.run(app, port=port, log_level="warning")


if __name__ == "__main__":
    main()
