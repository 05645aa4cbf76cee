"""Runs the server: ``python -m emulator --port 8100 --state FOLDER``."""

import argparse
import logging
import signal
import socket
import sys
from pathlib import Path

import uvicorn

from emulator.app import build_app
from emulator.calls.connections import CuttableProtocol, abort_connection
from emulator.calls.quotas import TIERS
from emulator.emulator import Emulator
from emulator.objects.nodes import ALL_KINDS
from emulator.policy.rule_table import as_markdown
from emulator.policy.rules import all_rules
from emulator.settings import Settings
from emulator.snapshots import finish_cut_short
from emulator.state import State, StateInUseError
from emulator.world import read_world


def main(arguments: list[str] | None = None) -> int:
    """Serve until SIGTERM or SIGINT; return the exit status (2 when it cannot start)."""
    parser = _parser()
    asked = parser.parse_args(arguments)
    if asked.rules:
        print(as_markdown(all_rules()))
        return 0
    if asked.port is None or asked.state is None:
        parser.error("the following arguments are required: --port, --state")
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    settings = Settings(
        state=asked.state.resolve(),
        world=asked.world,
        video_seconds=asked.video_seconds,
        review_seconds=asked.review_seconds,
        process_seconds=asked.process_seconds,
        upload_session_seconds=asked.upload_session_seconds,
        fetch_from=frozenset(asked.fetch_from),
        tier=asked.tier,
    )
    try:
        world = read_world(settings.world)
        state = State(settings.state)
        finish_cut_short(state, settings.state)
        listener = _listen(asked.host, asked.port)
    except (OSError, KeyError, StateInUseError) as problem:
        print(f"emulator: cannot start: {problem}", file=sys.stderr)
        return 2
    emulator = Emulator(settings, world, state, ALL_KINDS)
    host, port = listener.getsockname()[:2]
    # Programs that start the server with port 0 read this line.
    print(f"emulator: listening on http://{host}:{port}", flush=True)
    config = uvicorn.Config(
        build_app(emulator, abort_connection),
        http=CuttableProtocol,
        log_level="warning",
        access_log=False,
        timeout_keep_alive=75,
        timeout_graceful_shutdown=3,
    )
    server = uvicorn.Server(config)

    def leave(number: int, frame: object) -> None:
        # Uvicorn raises the signal once more after its own clean stop; that one means nothing.
        if not server.should_exit:
            sys.exit(0)

    signal.signal(signal.SIGTERM, leave)
    signal.signal(signal.SIGINT, leave)
    server.run(sockets=[listener])
    return 0


def _listen(host: str, port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((host, port))
    # From here on clients wait in the queue, so the printed address is good at once.
    listener.listen(256)
    return listener


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m emulator",
        description="A local Meta Marketing API (Graph v21 to v26). Nothing it does reaches Meta.",
        epilog="Open its address in a browser to see accounts, delivery and journal, and to set "
        "the clock, faults, quotas and snapshots. Tests do the same under /_emulator. Point a "
        "Graph client at the address in place of https://graph.facebook.com, with the token "
        "emulator-token. The README beside this program says how, and lists every control.",
    )
    standard = Settings(state=Path())
    parser.add_argument("--port", type=int, help="port to listen on; 0 takes a free one")
    parser.add_argument(
        "--state",
        type=Path,
        metavar="FOLDER",
        help="folder that keeps everything written, across restarts; made if missing",
    )
    parser.add_argument(
        "--rules",
        action="store_true",
        help="print every refusal with its numbers, words and source as a table, and leave",
    )
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (%(default)s)")
    parser.add_argument(
        "--world",
        type=Path,
        metavar="FILE",
        default=standard.world,
        help="YAML file with app, tokens, accounts, pages and pixels (the package's world.yaml)",
    )
    parser.add_argument(
        "--tier",
        choices=sorted(TIERS),
        help="access tier of the app, hence its rate limits (the world's, else full)",
    )
    parser.add_argument(
        "--fetch-from",
        action="append",
        metavar="HOST",
        default=[],
        help="host, or host:port, whose videos a file_url may name; may be repeated (none)",
    )
    for name, value, words in (
        ("video", standard.video_seconds, "an uploaded video is processing"),
        ("review", standard.review_seconds, "an ad is in review"),
        ("process", standard.process_seconds, "a new object reads IN_PROCESS"),
        ("upload-session", standard.upload_session_seconds, "an upload can be gone on with"),
    ):
        parser.add_argument(
            f"--{name}-seconds",
            type=float,
            default=value,
            metavar="S",
            help=f"how long {words} (%(default)s)",
        )
    return parser


if __name__ == "__main__":
    sys.exit(main())
