"""The client understands every refusal that the emulator knows; they share no code, only Meta."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from meta_ads.errors import GraphFault
from meta_ads.graph.classification import Effect, Verdict, classify
from meta_ads.graph.faults import Envelope
from tests.contract.worlds import PROJECT

RULES: dict[str, dict[str, Any]] = yaml.safe_load(
    (PROJECT / "include" / "emulator" / "policy" / "rules.yaml").read_text()
)
# What is answered where it arises, or is open for a create on purpose.
ELSEWHERE = {"wrong_offset", "unknown_node"}
# Refusals that say "ask again": only insights give them, and insights are only read.
READS = {
    "insights_intermittent",
    "insights_level",
    "insights_reduce",
    "insights_run_expired",
    "insights_run_failed",
    "insights_run_unreadable",
    "insights_timeout",
    "insights_timeout_transient",
}
# Answers of the token exchange, which the client never asks for.
EXCHANGE = {"bad_client_secret", "oauth_param_missing", "unknown_app"}
# The client sends bytes, never an address from which Meta would fetch them.
FETCHING = {"file_url_not_allowed", "file_url_unreachable", "rupload_url_unreachable"}


@pytest.mark.parametrize("name", sorted(set(RULES) - ELSEWHERE - READS - EXCHANGE - FETCHING))
def test_a_refusal_of_the_emulator_is_certain_to_the_client(name: str) -> None:
    rule = RULES[name]
    fault = GraphFault(
        "said",
        code=rule["code"],
        subcode=rule.get("subcode"),
        http_status=rule.get("http_status", 400),
    )
    effect = Effect.READ if (fault.http_status or 0) >= 500 else Effect.CREATE
    verdict = classify(Envelope(fault), effect).verdict
    assert verdict in (Verdict.REFUSED, Verdict.ACCESS, Verdict.THROTTLED)
