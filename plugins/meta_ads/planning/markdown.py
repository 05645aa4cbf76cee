"""The plan as Markdown, for whoever approves it.

Text from a campaign file is shown and never becomes markup.
"""

from __future__ import annotations

from collections.abc import Iterator

from meta_ads.campaigns.describe import plain
from meta_ads.planning.report import Report, heading, subject


def as_markdown(report: Report) -> str:
    """Return the plan: what it means, what happens to each object, what Meta decides, warnings."""
    return "\n".join(_lines(report)) + "\n"


def _lines(report: Report) -> Iterator[str]:
    yield f"Plan `{report.plan.hash[:12]}` of {plain(report.plan.campaign_id)}"
    yield ""
    yield "|  |  |"
    yield "|---|---|"
    for label, value in report.plan.summary.items():
        yield f"| {plain(label)} | {plain(value)} |"
    yield ""
    yield f"**What happens**: {report.counts}. What is created is paused."
    yield ""
    yield from _changes(report)
    yield ""
    if report.spending:
        yield f"**Spending**: {report.spending}"
        yield ""
    yield "**What Meta decides**"
    yield ""
    yield from (f"- {plain(sentence)}" for sentence in report.decided_by_meta)
    if report.warnings:
        yield ""
        yield "**Warnings**, which stop nothing"
        yield ""
        yield from (f"- {plain(str(warning))}" for warning in report.warnings)


def _changes(report: Report) -> Iterator[str]:
    for change in report.changes.steps:
        yield f"- `{change.action}` {plain(heading(change))}: {plain(subject(change))}"
        yield from (f"  - {plain(report.change(field))}" for field in change.fields)
        if change.refusal:
            yield f"  - refused: {plain(change.refusal)}"
