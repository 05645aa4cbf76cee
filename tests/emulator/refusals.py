"""What a test says of a refusal: which rule of the table it must be."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from emulator.policy.rules import all_rules
from tests.emulator.launches import SG

Params = dict[str, Any]


@dataclass(frozen=True)
class Case:
    """One rule and a pair of calls: ``wrong`` spoils correct parameters, ``right`` does not.

    Both are changes to the same correct parameters; an empty ``right`` is those themselves.
    """

    rule: str
    reason: str
    wrong: Params
    right: Params = field(default_factory=dict)
    account: str = SG

    def __str__(self) -> str:
        return f"{self.rule}: {self.reason}"


def assert_broken(rule_name: str, error: Params) -> None:
    """Assert that an error is that rule's: its numbers, and its words where it has any."""
    rule = all_rules()[rule_name]
    assert (error["code"], error.get("error_subcode")) == (rule.code, rule.subcode), error
    if rule.title:
        assert error["error_user_title"] == rule.title, error
    else:
        assert error["message"].startswith(rule.message.partition("{")[0]), error
    assert error["fbtrace_id"]


def in_hours(hours: float) -> str:
    """Return a moment that many hours from now, as Meta takes it."""
    return (datetime.now(UTC) + timedelta(hours=hours)).isoformat(timespec="seconds")


def targeting(country: str = "SG", **changes: Any) -> Params:
    """Return broad Advantage+ targeting of a country, with changes."""
    audience = {"targeting_automation": {"advantage_audience": 1}}
    return {"geo_locations": {"countries": [country]}, **audience, **changes}
