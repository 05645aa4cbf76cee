"""Every error of the package, grouped by what the caller does next.

MetaAdsError
├── FixInput                 change a file or a setting, then trigger again; nothing was created
│   ├── InvalidCampaign        the campaign file or its media has problems, all listed
│   ├── RejectedByMeta         Meta refused the call and did nothing
│   └── PlanMismatch           the file no longer matches what was already created
├── WaitUntil                come back at `not_before`; nothing is lost by waiting
│   ├── Throttled              Meta's rate limit, with the time Meta names
│   ├── StepBusy               another worker holds the step
│   ├── NotReadyYet            Meta is still working (a video being processed)
│   └── Unsettled              an earlier call's outcome is unknown and it is too soon to decide
├── AskForLess               Meta finds a report too large: ask for fewer days or objects
├── TryAgain                 a read failed, or a write that certainly did not happen
│   └── OtherToken             a token was refused, and another one is in use now
├── OutcomeUnknown           a write may or may not have happened: look first, never repeat
└── StopAndAsk               only a person can go on
    ├── AccessLost             token, permission or account problem
    ├── Held                   an object's fate cannot be known from outside
    ├── ApprovalRefused        somebody's yes to a launch does not count
    ├── NotAllowedToActivate   not approved, withdrawn, or too early
    └── VerificationFailed     what is live at Meta is not what was planned
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class GraphFault:
    """Meta's error envelope: what every person who must act on an error needs to see.

    Source: Graph API, "Handle Errors". `regain_seconds` is the wait that Meta names in the usage
    headers, in seconds, when it names one.
    """

    message: str
    code: int | None = None
    subcode: int | None = None
    user_title: str | None = None
    user_message: str | None = None
    fbtrace_id: str | None = None
    http_status: int | None = None
    blame: str | None = None
    regain_seconds: int | None = None

    def __str__(self) -> str:
        """Return one readable paragraph: Meta's own words first, then the numbers for support."""
        words = ": ".join(part for part in (self.user_title, self.user_message) if part)
        said = words or self.message
        numbers = [
            f"{label} {value}"
            for label, value in (
                ("code", self.code),
                ("subcode", self.subcode),
                ("HTTP", self.http_status),
                ("fbtrace_id", self.fbtrace_id),
            )
            if value is not None
        ]
        detail = f" [{self.message}]" if words and self.message != words else ""
        blame = f" (field: {self.blame})" if self.blame else ""
        return f"{said}{blame}{detail} ({', '.join(numbers)})" if numbers else f"{said}{blame}"


class Severity(StrEnum):
    """Whether a problem stops a launch, or is only shown."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with a campaign file: where it is, what is wrong, what to do.

    `line` and `column` count from 1; 0 means the whole file. `path` is the YAML path, such as
    `video.file_path`. `value` is what the file says, as text. A warning stops nothing.
    """

    file: str
    message: str
    remedy: str
    path: str = ""
    value: str = ""
    line: int = 0
    column: int = 0
    severity: Severity = Severity.ERROR

    @property
    def is_error(self) -> bool:
        """Whether it stops a launch."""
        return self.severity is Severity.ERROR

    def __str__(self) -> str:
        """Return `file:line:column: path = value: what is wrong. Remedy.`."""
        return f"{self._place}: {self._said} {self.remedy}"

    def paragraph(self) -> str:
        """Return the same on three short lines, for screens that do not wrap."""
        return f"{self._place}\n    {self._said}\n    {self.remedy}"

    @property
    def _place(self) -> str:
        return self.file + (f":{self.line}:{self.column}" if self.line else "")

    @property
    def _said(self) -> str:
        subject = " = ".join(part for part in (self.path, self.value) if part)
        grade = "" if self.is_error else "warning: "
        return f"{grade}{subject + ': ' if subject else ''}{self.message}."


def apart(problems: Iterable[Problem]) -> tuple[list[Problem], list[Problem]]:
    """Return the errors and the warnings, each in the order given."""
    errors: list[Problem] = []
    warnings: list[Problem] = []
    for problem in problems:
        (errors if problem.is_error else warnings).append(problem)
    return errors, warnings


def listed(warnings: Sequence[Problem]) -> str:
    """Return warnings for people, with a heading; empty when there are none."""
    if not warnings:
        return ""
    heading = f"{len(warnings)} warning{'s' if len(warnings) != 1 else ''}; the launch goes on:"
    return "\n".join([heading, *(f"  - {warning.paragraph()}" for warning in warnings)])


class MetaAdsError(Exception):
    """Base of every error this package raises on purpose."""


class FixInput(MetaAdsError):
    """The input must change before another try can succeed; nothing was created by this call."""


class InvalidCampaign(FixInput):
    """A campaign file has problems; the message lists all of them, warnings last."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        errors, warnings = apart(self.problems)
        count = len(errors)
        heading = f"{count} problem{'s' if count != 1 else ''} found; nothing was sent to Meta:"
        lines = [heading, *(f"  - {problem.paragraph()}" for problem in errors)]
        super().__init__("\n".join([*lines, *filter(None, [listed(warnings)])]))


class GraphError(MetaAdsError):
    """Mixin of errors that carry Meta's own answer."""

    def __init__(self, doing: str, fault: GraphFault) -> None:
        self.doing = doing
        self.fault = fault
        super().__init__(f"{doing}: {fault}")


class RejectedByMeta(GraphError, FixInput):
    """Meta refused the call: it is certain that nothing was created or changed."""


class PlanMismatch(FixInput):
    """The file differs from what this campaign already created at Meta."""


class WaitUntil(MetaAdsError):
    """Nothing can be done before `not_before` (aware UTC); then do the same again."""

    def __init__(self, message: str, not_before: datetime) -> None:
        self.not_before = not_before
        super().__init__(f"{message} Next try at {not_before:%Y-%m-%d %H:%M:%S} UTC.")


class Throttled(WaitUntil):
    """Meta's rate limit: the call was refused and did nothing."""

    def __init__(self, doing: str, fault: GraphFault, not_before: datetime) -> None:
        self.fault = fault
        super().__init__(f"{doing}: Meta asks to slow down: {fault}.", not_before)


class StepBusy(WaitUntil):
    """Another worker holds the lease of this step."""


class NotReadyYet(WaitUntil):
    """Meta is still working on something this step needs."""


class Unsettled(WaitUntil):
    """An earlier call may still take effect; deciding now could create a second object."""


class AskForLess(MetaAdsError):
    """Meta finds a report too large, or takes too long over it; a smaller one will pass."""


class TryAgain(MetaAdsError):
    """A read failed, or a write that certainly did not happen; trying again is safe."""


class OtherToken(TryAgain):
    """Meta refused the token of a read; another one is in use now."""


class OutcomeUnknown(MetaAdsError):
    """A write was sent and its outcome is not known; look it up, never repeat it blindly."""


class StopAndAsk(MetaAdsError):
    """Only a person can decide or repair this."""


class AccessLost(GraphError, StopAndAsk):
    """Meta does not accept the token, the permission or the account."""


class Held(StopAndAsk):
    """A step is held: its object's fate cannot be known without a person looking."""


class ApprovalRefused(StopAndAsk):
    """Somebody said yes to a launch whose yes does not count there; another person must."""


class NotAllowedToActivate(StopAndAsk):
    """The launch may not go live: not approved, withdrawn, or before its time."""


class VerificationFailed(StopAndAsk):
    """What Meta shows after activation is not what the plan says."""
