"""The command line: `python -m local_stack demo` and `python -m local_stack stop`."""

import argparse
import signal
import sys
import time
from datetime import timedelta
from pathlib import Path
from types import FrameType
from typing import NoReturn

from local_stack.campaign_file import remove_campaign
from local_stack.demo import DemoOptions, run_demo
from local_stack.errors import LocalStackError
from local_stack.stack import AIRFLOW_PORT, PROJECT
from local_stack.state_folder import StateFolder

_STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_LOOK_SECONDS = 1.0


class Stopped(BaseException):
    """A signal told this process to stop. No Exception: nothing on the way may swallow it."""

    def __init__(self, signal_number: int) -> None:
        self.signal_number = signal_number


def main() -> int:
    """Run the command that the arguments name and return the exit code."""
    arguments = _parser().parse_args()
    try:
        return _stop(arguments) if arguments.command == "stop" else _demo(arguments)
    except LocalStackError as error:
        print(f"\n{arguments.command}: {error}", file=sys.stderr)
        return 1
    except Stopped as stopped:
        return 128 + stopped.signal_number


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="scripts/demo", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    demo = commands.add_parser(
        "demo",
        prog="scripts/demo",
        description="Launch a sample campaign end to end: Postgres, the emulator of Meta's API and "
        "Airflow on this machine. Stays until Ctrl-C unless --exit is given.",
    )
    demo.add_argument(
        "--exit", action="store_true", help="check the outcome, stop, and exit 1 if it is wrong"
    )
    demo.add_argument(
        "--port",
        type=int,
        default=AIRFLOW_PORT,
        help="preferred port of Airflow (default %(default)s); the next free one if it is in use",
    )
    demo.add_argument(
        "--activate-in",
        type=int,
        default=60,
        metavar="SECONDS",
        help="how far ahead the campaign's activation time is (default %(default)s)",
    )
    demo.add_argument(
        "--keep-state",
        action="store_true",
        help="continue with the state of the last run and keep it for the next",
    )
    stop = commands.add_parser(
        "stop", prog="scripts/stop", description="Stop the demo, running or half-dead."
    )
    for command in (demo, stop):
        command.add_argument(
            "--state",
            type=Path,
            default=PROJECT / ".demo",
            metavar="FOLDER",
            help="where databases, logs and the like are (default: .demo in the project)",
        )
    return parser


def _demo(arguments: argparse.Namespace) -> int:
    for number in _STOP_SIGNALS:
        signal.signal(number, _raise_stopped)
    failures = run_demo(
        DemoOptions(
            state=arguments.state,
            project=PROJECT,
            port=arguments.port,
            activates_in=timedelta(seconds=arguments.activate_in),
            keep_state=arguments.keep_state,
            exits=arguments.exit,
        ),
        wait=lambda: time.sleep(_LOOK_SECONDS),
    )
    return 1 if failures else 0


def _stop(arguments: argparse.Namespace) -> int:
    folder = StateFolder(arguments.state)
    if not folder.path.is_dir():
        print(f"stop: no demo was ever started with its state in {folder.path}")
        return 0
    stopped = folder.stop_holder()
    with folder:
        left = folder.end_earlier_run()
    remove_campaign(PROJECT)
    if left:
        print(f"stop: stopped what was left: {', '.join(left)}")
    elif stopped:
        print("stop: stopped")
    else:
        print("stop: nothing was running")
    return 0


def _raise_stopped(number: int, frame: FrameType | None) -> NoReturn:
    # A second Ctrl-C must not cut the stopping off and leave processes behind.
    for each in _STOP_SIGNALS:
        signal.signal(each, signal.SIG_IGN)
    raise Stopped(number)


if __name__ == "__main__":
    sys.exit(main())
