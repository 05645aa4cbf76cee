"""What each of Meta's errors means for the call that got it: one table, every row with a reason.

The question is never "which error is this" but "did the call do something, and what now":

- REFUSED: certain that nothing happened; the input must change.
- ACCESS: certain that nothing happened; a person must repair token, permission or account.
- THROTTLED: certain that nothing happened; the same call works later.
- UNCERTAIN: a read may simply be repeated; a write may have happened.

Whatever is not in the table is UNCERTAIN, because a wrong "it did not happen" creates an object
twice, while a wrong "who knows" only costs a look-up.

Sources: Graph API "Handle Errors", Marketing API "Error Codes" and "Rate Limiting".
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from meta_ads.graph.faults import Envelope


class Verdict(StrEnum):
    """What an error says about the call."""

    REFUSED = "refused"
    ACCESS = "access"
    THROTTLED = "throttled"
    UNCERTAIN = "uncertain"


class Effect(StrEnum):
    """What a call does to Meta when it works."""

    READ = "read"
    CREATE = "create"
    UPDATE = "update"


@dataclass(frozen=True, slots=True)
class Rule:
    """One row: a code with a subcode, or one of them alone, and what it means.

    `wait_seconds` is how long a throttle lasts when Meta's headers do not say.
    """

    code: int | None
    subcode: int | None
    verdict: Verdict
    reason: str
    wait_seconds: int = 0


def _refused(subcode: int, reason: str, code: int | None = None) -> Rule:
    return Rule(code, subcode, Verdict.REFUSED, reason)


def _access(code: int, reason: str, subcode: int | None = None) -> Rule:
    return Rule(code, subcode, Verdict.ACCESS, reason)


def _slow(code: int, wait_seconds: int, reason: str, subcode: int | None = None) -> Rule:
    return Rule(code, subcode, Verdict.THROTTLED, reason, wait_seconds)


def _uncertain(code: int, reason: str, subcode: int | None = None) -> Rule:
    return Rule(code, subcode, Verdict.UNCERTAIN, reason)


RULES: tuple[Rule, ...] = (
    # Meta itself is not sure
    _uncertain(1, "unknown error: says nothing about what happened"),
    _uncertain(1, "unknown error, seen for a wrong insights level", 99),
    _uncertain(2, "service temporarily unavailable"),
    _uncertain(2, "insights timed out", 1504038),
    _uncertain(2, "insights are overloaded", 1504043),
    _uncertain(341, "limit reached or service down: listed as transient"),
    _uncertain(100, "insights timed out; a smaller question may pass", 1504018),
    _uncertain(-2, "the report run failed; a new one may not", 2490547),
    # Rate limits: the call is turned away at the door
    _slow(4, 300, "app's hourly calls are spent"),
    _slow(4, 300, "app's insights calls are spent", 1504022),
    _slow(4, 300, "insights are under load", 1504039),
    _slow(17, 300, "account's calls are spent"),
    _slow(17, 300, "account's score is spent", 2446079),
    _slow(17, 86_400, "the account's spending limit changes at most ten times a day", 1885172),
    _slow(32, 300, "page's calls are spent"),
    _slow(613, 300, "calls come too fast for this app"),
    _slow(613, 300, "account's score is spent", 1487742),
    _slow(613, 5, "more than 100 changes in one second", 5044001),
    _slow(613, 3_600, "an ad set's budget changes at most four times an hour", 1487632),
    _slow(613, 300, "ads are created too fast", 1487225),
    *(_slow(code, 300, "business use case quota is spent") for code in range(80000, 80010)),
    _slow(80014, 300, "catalog batch quota is spent"),
    # A person must act
    _access(190, "the token does not work: expired, revoked, malformed"),
    *(_access(190, "the token's session ended", sub) for sub in (458, 459, 460, 463, 464, 467)),
    _access(102, "the session is not valid"),
    _access(104, "there is no token, or the proof of the app secret is wrong"),
    _access(3, "the app lacks the capability"),
    _access(10, "the app lacks the permission"),
    _access(294, "the app may not manage ads"),
    _access(368, "blocked for policy: repeating makes it worse"),
    Rule(None, 1404163, Verdict.ACCESS, "the account may no longer advertise"),
    # Deprecated or impossible calls
    Rule(2635, None, Verdict.REFUSED, "this API version is no longer served"),
    Rule(12, None, Verdict.REFUSED, "this API is no longer served"),
    Rule(2500, None, Verdict.REFUSED, "no such path in the Graph API"),
    Rule(803, None, Verdict.REFUSED, "no object of that name"),
    Rule(3018, None, Verdict.REFUSED, "insights reach back 37 months"),
    _refused(1504045, "too much data even for a report run", -3),
    # Validation: the input is wrong
    Rule(100, None, Verdict.REFUSED, "a parameter is wrong"),
    _refused(33, "the object does not exist, or we may not see it", 100),
    _refused(1487534, "too much data in one question", 100),
    _refused(1487561, "a status that this level does not have", 100),
    _refused(1487694, "an interest that no longer exists", 100),
    _refused(1443226, "a video creative without a thumbnail", 100),
    _refused(1885252, "the video is still being processed", 100),
    _refused(1363020, "no video in the upload"),
    _refused(1363022, "the video is too small"),
    _refused(1363023, "the video is too large"),
    _refused(1363030, "the upload took too long and is gone"),
    _refused(3858504, "a creative feature bundle that is gone", 100),
    _refused(1885272, "budget too low"),
    _refused(1885650, "budget too low"),
    _refused(2238055, "budget below the campaign's floor"),
    _refused(1885621, "budget on the campaign and on the ad set"),
    _refused(1815857, "the bid strategy needs a bid amount"),
    _refused(1487390, "the ad does not fit its creative"),
    _refused(1504040, "the attribution setting is final"),
    _refused(2490427, "the ad was rejected"),
    _refused(2490468, "the ad was rejected"),
    _refused(3260011, "the objective does not fit"),
    _refused(3858079, "the payer for the European Union is missing"),
    _refused(3858081, "the beneficiary for the European Union is missing"),
    _refused(3858152, "beneficiary or payer for the European Union is wrong"),
    _refused(3858550, "the Singapore identity is missing"),
    _refused(3858634, "the regional identity of the beneficiary is missing"),
    _refused(3858636, "the regional identity of the payer is missing"),
    _refused(4834002, "budget sharing does not go with a campaign budget"),
    _refused(4834011, "budget sharing must be said for ad-set budgets"),
)

_PERMISSIONS = range(200, 300)
_BY_BOTH = {(r.code, r.subcode): r for r in RULES if r.code is not None and r.subcode is not None}
_BY_CODE = {r.code: r for r in RULES if r.code is not None and r.subcode is None}
_BY_SUBCODE = {r.subcode: r for r in RULES if r.code is None}

_MISSING = (100, 33)
_SERVER_ERROR = 500
_DEFAULT = Rule(None, None, Verdict.UNCERTAIN, "not in the table: nothing may be assumed")
_SAID_TRANSIENT = Rule(None, None, Verdict.UNCERTAIN, "Meta calls it transient")
_SERVER_FAILED = Rule(None, None, Verdict.UNCERTAIN, "Meta's server failed while working on it")
_MAYBE_MISSING = Rule(*_MISSING, Verdict.UNCERTAIN, "also seen after a create that worked")


def rule_for(code: int | None, subcode: int | None) -> Rule:
    """Return the row for a code and a subcode, the most exact one first."""
    exact = None
    if code is not None and subcode is not None:
        exact = _BY_BOTH.get((code, subcode))
    if exact is None and subcode is not None:
        exact = _BY_SUBCODE.get(subcode)
    if exact is None and code is not None:
        # Older answers carry the subcode's number as the code.
        exact = _BY_CODE.get(code) or _BY_SUBCODE.get(code)
    if exact is None and code in _PERMISSIONS:
        return Rule(code, None, Verdict.ACCESS, "a permission is missing")
    return exact or _DEFAULT


def classify(envelope: Envelope, effect: Effect) -> Rule:
    """Return what an error means for a call with this effect."""
    fault = envelope.fault
    rule = rule_for(fault.code, fault.subcode)
    if effect is not Effect.READ and (fault.http_status or 0) >= _SERVER_ERROR:
        # A server error can follow the commit, whatever code it carries.
        return _SERVER_FAILED
    if rule.verdict is Verdict.THROTTLED:
        # Throttles are marked transient too, and are certain all the same.
        return rule
    if envelope.transient:
        return _SAID_TRANSIENT
    if effect is Effect.CREATE and (fault.code, fault.subcode) == _MISSING:
        return _MAYBE_MISSING
    return rule
