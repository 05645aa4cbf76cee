"""What a run of a launch came to, in a media buyer's words: decisions without I/O."""

from __future__ import annotations

import re
from collections.abc import Iterator

from meta_ads.launching.approval import settled
from meta_ads.launching.ports import LaunchRecord, LaunchState

#: Airflow keeps no longer notes.
LONGEST = 1000
DRY_RUN = "Dry run: nothing was sent to Meta. The log of its task Plan shows what would be done."
_HEAD = "**Where it stands**"
_SHOWN = ("Campaign", "Budget", "Goes live", "Ends")
# What Markdown would take for more than text.
_MARKUP = re.compile(r"([\\`*_\[\]<>#|!~])")


def note_on(launch: LaunchRecord | None, problem: str | None = None) -> str:
    """Return the note on a run, as Markdown.

    `launch` is None before anything was planned; `problem` is why the run cannot go on without a
    person.
    """
    return "\n\n".join(_paragraphs(launch, problem))


def kept(existing: str | None, note: str) -> str:
    """Return the note together with what a person wrote on the run, at most `LONGEST` long.

    An earlier note of ours gives way to the new one.
    """
    theirs = (existing or "").partition(_HEAD)[0].strip()
    whole = f"{theirs}\n\n{_HEAD}\n\n{note}".strip()
    return whole if len(whole) <= LONGEST else whole[: LONGEST - 1].rstrip() + "…"


def _paragraphs(launch: LaunchRecord | None, problem: str | None) -> Iterator[str]:
    if problem is not None:
        yield f"**Stopped, a person is needed.** {_text(problem)}"
    if launch is None:
        if problem is None:
            yield "It is being checked. Nothing was sent to Meta."
        return
    yield _standing(launch)
    facts = launch.target.summary
    yield "\n".join(f"- {name}: {_text(facts[name])}" for name in _SHOWN if name in facts)
    decided = _decided(launch)
    if decided:
        yield decided


def _standing(launch: LaunchRecord) -> str:
    if launch.state is LaunchState.WITHDRAWN:
        return "Withdrawn: it never spends again."
    if launch.paused:
        return "Live once, and paused by a person."
    if launch.revision is not None:
        before = "Live as before" if launch.live else "At Meta, paused"
        return f"{before}; what the edited file changes is not there yet."
    if launch.state is LaunchState.VERIFIED:
        return "Live, and as planned."
    if launch.on_air:
        return "Live, or about to be; not yet compared with the plan."
    if launch.state is LaunchState.PLANNED:
        return "Planned; it is being made at Meta, paused."
    if launch.activate_at is None:
        return "Everything is at Meta, paused. It has no time to go live."
    return "Everything is at Meta, paused until its time."


def _decided(launch: LaunchRecord) -> str:
    if not launch.target.approval_required:
        return ""
    decision = launch.decision
    if decision is None:
        return "Waits for approval."
    if not decision.approved:
        return f"Rejected by {_text(decision.by)}."
    return f"Approved by {_text(decision.by)}{'' if settled(launch) else ', no longer valid'}."


def _text(text: str) -> str:
    return _MARKUP.sub(r"\\\1", text)
