"""The table of rules: every refusal this server can give, with Meta's numbers and words.

``rules.yaml`` is the table; here it is read, and turned into errors.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from emulator.calls.errors import GraphError


@dataclass(frozen=True)
class Rule:
    """One refusal: its numbers, its texts (with ``{placeholders}``) and where it is known from."""

    name: str
    code: int
    source: str
    subcode: int | None = None
    message: str = "Invalid parameter"
    title: str | None = None
    user_message: str | None = None
    http_status: int = 400
    error_type: str = "OAuthException"


@cache
def all_rules() -> dict[str, Rule]:
    """Return every rule by name."""
    text = Path(__file__).with_name("rules.yaml").read_text(encoding="utf-8")
    return {name: Rule(name=name, **row) for name, row in yaml.safe_load(text).items()}


def broken(
    rule_name: str, *, blame: str | None = None, data: dict[str, Any] | None = None, **words: object
) -> GraphError:
    """Return the error for a broken rule, to be raised by the caller.

    ``blame`` names the parameter at fault (Meta's ``blame_field_specs``); ``words`` fill the texts.
    """
    rule = all_rules()[rule_name]
    if data is None and blame is not None:
        data = {"blame_field_specs": [[blame]]}
    return GraphError(
        rule.message.format_map(words),
        code=rule.code,
        subcode=rule.subcode,
        title=rule.title.format_map(words) if rule.title else None,
        user_message=rule.user_message.format_map(words) if rule.user_message else None,
        http_status=rule.http_status,
        error_type=rule.error_type,
        data=data,
        rule=rule.name,
    )
