"""Parquet files in a folder: `<view>/account=act_1/month=2026-11/data.parquet`."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from typing import IO, Any, Protocol, Self

from meta_ads.errors import StopAndAsk
from meta_ads.syncing.mirroring import SCALE, Batch, Column, Part

# Of every number that is not whole.
_PRECISION = 28


class Folder(Protocol):
    """A path of Airflow's object storage, or of the local file system."""

    def __truediv__(self, name: str) -> Self:
        """Return a path below this one."""

    def mkdir(self, *, parents: bool, exist_ok: bool) -> None:
        """Make the folder."""

    def open(self, mode: str) -> IO[Any]:
        """Open the file."""

    def replace(self, target: Self) -> Any:
        """Put this file in the place of another one."""

    def exists(self) -> bool:
        """Whether anything is there."""

    def unlink(self) -> None:
        """Delete the file."""


class ParquetFolder:
    """`MirrorTarget` that writes one file for each part.

    A file is written beside the one it takes the place of, under a name that readers of Parquet
    leave out (`_`), and moved there when it is whole. `name` names the folder for people.
    """

    def __init__(self, folder: Folder, name: str) -> None:
        self._folder = folder
        self._name = name

    @property
    def name(self) -> str:
        """The folder's address."""
        return self._name

    def prepare(self, view: str, columns: Sequence[Column]) -> None:
        """Check that every column has a type. Raises StopAndAsk when pyarrow is missing."""
        _schema(columns)

    def replace(self, part: Part, columns: Sequence[Column], batches: Iterable[Batch]) -> int:
        """Write the file of a part; return its rows."""
        import pyarrow as pa
        import pyarrow.parquet as pq

        schema = _schema(columns)
        folder = self._of(part)
        folder.mkdir(parents=True, exist_ok=True)
        # Two at once never write one file; the last one to be whole stays.
        unfinished = folder / f"_{uuid.uuid4().hex}.parquet"
        rows = 0
        try:
            with (
                unfinished.open("wb") as file,
                pq.ParquetWriter(file, schema, compression="zstd") as writer,
            ):
                for batch in batches:
                    values = list(zip(*batch, strict=True))
                    arrays = [
                        pa.array(column, field.type)
                        for column, field in zip(values, schema, strict=True)
                    ]
                    writer.write_batch(pa.record_batch(arrays, schema=schema))
                    rows += len(batch)
            unfinished.replace(folder / "data.parquet")
        except BaseException:
            if unfinished.exists():
                unfinished.unlink()
            raise
        return rows

    def remove(self, part: Part) -> None:
        """Delete the file of a part."""
        file = self._of(part) / "data.parquet"
        if file.exists():
            file.unlink()

    def _of(self, part: Part) -> Folder:
        account = f"account={part.account_id}"
        return self._folder / part.view / account / f"month={part.month:%Y-%m}"


def _schema(columns: Sequence[Column]) -> Any:
    """Return the columns as Arrow's schema."""
    try:
        import pyarrow as pa
    except ImportError:
        raise StopAndAsk(
            "Parquet files need pyarrow, which is not installed here: "
            "pip install 'airflow-meta-ads-launch[parquet]'"
        ) from None
    kinds = {
        "text": pa.string(),
        "bigint": pa.int64(),
        "date": pa.date32(),
        "numeric": pa.decimal128(_PRECISION, SCALE),
    }
    return pa.schema([pa.field(column.name, kinds[column.kind]) for column in columns])
