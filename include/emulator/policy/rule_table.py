"""The table of rules as Markdown, so that a person can hold it against Meta's documentation."""

from collections.abc import Mapping

from emulator.policy.rules import Rule

_HEAD = ("rule", "code", "subcode", "HTTP", "title", "words", "source")


def as_markdown(rules: Mapping[str, Rule]) -> str:
    """Return the rules as one Markdown table, in the order of ``rules.yaml``."""
    rows = [_HEAD, tuple("---" for _ in _HEAD), *(_row(rule) for rule in rules.values())]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _row(rule: Rule) -> tuple[str, ...]:
    return (
        f"`{rule.name}`",
        str(rule.code),
        "" if rule.subcode is None else str(rule.subcode),
        str(rule.http_status),
        _cell(rule.title or ""),
        _cell(rule.user_message or rule.message),
        _cell(rule.source),
    )


def _cell(text: str) -> str:
    return text.replace("|", r"\|").replace("\n", " ")
