"""What the Campaigns page and its API read, for people who may see all of it or some."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from meta_ads.store.database import Database
from meta_ads.store.queries import queries

Row = dict[str, Any]
# The most a history shows.
HISTORY = 200


@dataclass(frozen=True, slots=True)
class File:
    """A campaign file that Airflow made a DAG of. `account_id` is empty when it is not known."""

    campaign_id: str
    title: str
    account_id: str = ""


@dataclass(frozen=True, slots=True)
class Readable:
    """What a person may see: these launches, or `everything`; and the campaign files of today."""

    campaign_ids: Sequence[str] = ()
    everything: bool = False
    files: Sequence[File] = ()

    def values(self) -> dict[str, Any]:
        """Return the parameters every statement takes."""
        return {"readable": list(self.campaign_ids), "everything": self.everything}


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which campaigns to list, and how. None means any; `only` is one campaign_id."""

    situations: Sequence[str] | None = None
    account_id: str | None = None
    brand: str | None = None
    text: str | None = None
    only: str | None = None
    sort: str = "state"
    page: int = 1
    most: int = 50


class PageStore:
    """Reads for people; it changes nothing but the summary of insights."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._sql = queries("pages")

    def campaigns(
        self, readable: Readable, wanted: Wanted, urgency: Sequence[str]
    ) -> tuple[list[Row], int]:
        """Return one page of campaigns and how many there are; `urgency` orders `sort=state`."""
        rows = self._database.rows(
            self._sql["campaigns"],
            {
                **readable.values(),
                "files": [file.campaign_id for file in readable.files],
                "titles": [file.title for file in readable.files],
                "accounts": [file.account_id for file in readable.files],
                "situations": list(wanted.situations) if wanted.situations else None,
                "account": wanted.account_id,
                "brand": wanted.brand,
                "text": wanted.text or None,
                "only": wanted.only,
                "sort": wanted.sort,
                "urgency": list(urgency),
                "most": wanted.most,
                "skip": (wanted.page - 1) * wanted.most,
            },
        )
        return rows, rows[0]["total"] if rows else 0

    def decision(self, campaign_id: str, plan_hash: str) -> Row | None:
        """Return the decision on exactly this plan that counts."""
        rows = self._database.rows(
            self._sql["decision"], {"campaign_id": campaign_id, "plan_hash": plan_hash}
        )
        return rows[0] if rows else None

    def approval_refusal(
        self, campaign_id: str, plan_hash: str, name: str, person_id: str
    ) -> str | None:
        """Return why this person's yes would not count; None when it would."""
        [row] = self._database.rows(
            self._sql["approval_refusal"],
            {
                "campaign_id": campaign_id,
                "plan_hash": plan_hash,
                "name": name,
                "person_id": person_id,
            },
        )
        why: str | None = row["why"]
        return why

    def steps(self, campaign_id: str) -> list[Row]:
        """Return the steps of a launch in plan order, with what Meta last said of them."""
        return self._database.rows(self._sql["steps"], {"campaign_id": campaign_id})

    def drift(self, campaign_id: str) -> list[Row]:
        """Return where Meta differs from the plan, as of the last sync."""
        return self._database.rows(self._sql["drift"], {"campaign_id": campaign_id})

    def history(self, campaign_id: str, most: int = HISTORY) -> list[Row]:
        """Return what happened to a launch, newest first."""
        return self._database.rows(self._sql["history"], {"campaign_id": campaign_id, "most": most})

    def days(self, object_id: str | None, days: int = 30) -> list[Row]:
        """Return what a campaign at Meta did, by day, oldest first."""
        if object_id is None:
            return []
        return self._database.rows(self._sql["days"], {"object_id": object_id, "days": days})

    def requests(
        self, readable: Readable, state: str | None = None, page: int = 1, most: int = 50
    ) -> tuple[list[Row], int]:
        """Return one page of requests, newest first, and how many there are."""
        rows = self._database.rows(
            self._sql["requests"],
            {**readable.values(), "state": state, "most": most, "skip": (page - 1) * most},
        )
        return rows, rows[0]["total"] if rows else 0

    def request_counts(self, readable: Readable) -> Mapping[str, int]:
        """Return how many requests are in each state."""
        rows = self._database.rows(self._sql["request_counts"], readable.values())
        return {row["state"]: row["requests"] for row in rows}

    def upcoming(self, readable: Readable, since: datetime, until: datetime) -> list[Row]:
        """Return the launches that go live in a time, the first first."""
        return self._database.rows(
            self._sql["upcoming"], {**readable.values(), "since": since, "until": until}
        )

    def readable_accounts(self, readable: Readable) -> set[str]:
        """Return the accounts of the campaigns a person may read, launched or not."""
        rows = self._database.rows(self._sql["readable_accounts"], readable.values())
        files = {file.account_id for file in readable.files if file.account_id}
        return files | {row["account_id"] for row in rows}

    def account_spend(self, readable: Readable, account_ids: Sequence[str]) -> list[Row]:
        """Return what accounts are committed to and limited to (minor units a day)."""
        return self._database.rows(
            self._sql["account_spend"], {**readable.values(), "account_ids": list(account_ids)}
        )

    def account_days(
        self, readable: Readable, account_ids: Sequence[str], days: int = 33
    ) -> list[Row]:
        """Return what accounts spent by day, oldest first: this month, and the last weeks."""
        return self._database.rows(
            self._sql["account_days"],
            {**readable.values(), "account_ids": list(account_ids), "days": days},
        )

    def brands(self, readable: Readable) -> list[str]:
        """Return the brands of launches."""
        rows = self._database.rows(self._sql["brands"], readable.values())
        return [row["brand"] for row in rows]

    def refresh_days(self) -> None:
        """Sum up the insights by campaign and day anew; readers go on meanwhile."""
        self._database.rows(self._sql["refresh_days"])
