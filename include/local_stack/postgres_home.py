"""Where a server of our own keeps its files, and with which programs it runs."""

import contextlib
import os
import shutil
import tempfile
from pathlib import Path

from local_stack.errors import LocalStackError
from local_stack.postgres_binaries import (
    PostgresBinaries,
    find_binaries,
    may_enter,
    may_run,
    user_for_postgres,
)

_REMEDY = (
    "Run as an ordinary user, or name a running server: "
    "ADLAUNCH_POSTGRES_URL=postgresql://user:password@host:5432/postgres"
)


class PostgresHome:
    """The server's own folder below `folder`, as the user the server runs as.

    Postgres refuses to run as root, so root's server runs as another user. Where that user cannot
    reach `folder` (a clone in root's home), the server lives in a private folder of its own below
    the system's temporary ones, and `folder` remembers which; no permission of any folder above
    is ever changed.
    """

    def __init__(self, folder: Path) -> None:
        self.user = user_for_postgres()
        self._folder = folder
        self._record = folder / "home"

    def path(self) -> Path:
        """Return the folder, made when it is not there.

        Raises LocalStackError when the server's user can reach no place.
        """
        if self.user is None:
            return self._folder
        home = self._recorded()
        if home is None:
            home = self._folder / "server"
            home.mkdir(mode=0o700, exist_ok=True)
            os.chown(home, self.user.uid, self.user.gid)
            if not may_enter(self.user, home):
                home = self._private()
            self._record.write_text(str(home))
        return home

    def binaries(self) -> PostgresBinaries:
        """Return programs that the server's user can run, copied into its folder if need be.

        Raises LocalStackError when there are none.
        """
        binaries = find_binaries()
        if self.user is None or may_run(self.user, binaries):
            return binaries
        if binaries.bundle is not None:
            binaries = binaries.copied_below(self.path())
            if may_run(self.user, binaries):
                return binaries
        raise LocalStackError(
            f"Postgres must not run as root, and the user '{self.user.name}' cannot run "
            f"{binaries.folder / 'postgres'}. {_REMEDY}"
        )

    def remove(self) -> None:
        """Remove the stopped server's files, wherever they lie."""
        home = self._recorded() if self.user is not None else self._folder / "data"
        if home is not None:
            shutil.rmtree(home, ignore_errors=True)
        self._record.unlink(missing_ok=True)

    def _recorded(self) -> Path | None:
        with contextlib.suppress(FileNotFoundError):
            home = Path(self._record.read_text())
            # Anybody may have put a folder of that name below the temporary one meanwhile.
            if self.user is not None and home.is_dir() and home.stat().st_uid == self.user.uid:
                return home
        return None

    def _private(self) -> Path:
        if self.user is None:
            raise LocalStackError("a private home is only for another user's server")
        for parent in dict.fromkeys([Path("/var/tmp"), Path(tempfile.gettempdir())]):  # nosec B108
            try:
                home = Path(tempfile.mkdtemp(prefix="adlaunch-postgres-", dir=parent))
            except OSError:
                continue
            os.chown(home, self.user.uid, self.user.gid)
            if may_enter(self.user, home):
                return home
            home.rmdir()
        raise LocalStackError(
            f"Postgres must not run as root, and the user '{self.user.name}' can reach neither "
            f"{self._folder} nor a folder below /var/tmp or {tempfile.gettempdir()}. {_REMEDY}"
        )
