"""The daily check of every access token, with its summary in a task's log."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from logging import Logger

from meta_ads.airflow.hooks.meta_ads import MetaAdsHook
from meta_ads.airflow.outcomes import fail_for_good
from meta_ads.campaigns.account import Account
from meta_ads.errors import StopAndAsk
from meta_ads.launching.diagnosis import Finding, Grade
from meta_ads.launching.token_checks import Token, check_tokens
from meta_ads.launching.tokens import TokenState, fingerprint
from meta_ads.store.tokens import TokenStore


def checked_tokens(
    accounts: Sequence[Account], meta: MetaAdsHook, records: TokenStore, log: Logger
) -> list[str]:
    """Check the tokens of all accounts, keep and log what is found, and return the warnings.

    Fails the task, after everything was looked at, when a token is dead, lacks a permission that
    is needed or does not see an account.
    """
    findings = list(check_tokens(accounts, _tokens(accounts, meta), records, datetime.now(UTC)))
    for finding in findings:
        (log.info if finding.grade is Grade.OK else log.warning)("%s", _line(finding))
    problems = [_line(finding) for finding in findings if finding.grade is Grade.PROBLEM]
    if problems:
        listed = "".join(f"\n  - {problem}" for problem in problems)
        error = StopAndAsk(f"{len(problems)} things are wrong with access to Meta:{listed}")
        fail_for_good(log.error, error)
    return [_line(finding) for finding in findings if finding.grade is Grade.WARNING]


def _tokens(accounts: Sequence[Account], meta: MetaAdsHook) -> dict[str, Token]:
    from meta_ads.graph.platform import MetaPlatform

    names = dict.fromkeys(name for account in accounts for name in account.connections)
    settings, problems = meta.usable(list(names))
    found = {}
    for name in names:
        if name in settings:
            state = TokenState(name, fingerprint(settings[name].token))
            found[name] = Token(state, MetaPlatform(settings[name]))
        else:
            found[name] = Token(TokenState(name, ""), problem=problems[name])
    return found


def _line(finding: Finding) -> str:
    return " ".join(filter(None, [f"{finding.subject}: {finding.message}.", finding.remedy]))
