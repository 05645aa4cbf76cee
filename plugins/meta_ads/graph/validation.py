"""Asking Meta whether it would take an object, without making it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from meta_ads.errors import FixInput, StopAndAsk
from meta_ads.graph.classification import Effect
from meta_ads.graph.client import GraphClient, checked_id
from meta_ads.graph.creates import NOUNS
from meta_ads.graph.edges import EDGES
from meta_ads.planning.step import StepKind

# The kinds whose create takes `execution_options`. Source: Marketing API reference of each edge.
TRIED = (StepKind.CREATIVE, StepKind.CAMPAIGN, StepKind.AD_SET, StepKind.AD)


def validate(
    client: GraphClient, kind: StepKind, account_id: str, params: Mapping[str, Any]
) -> None:
    """Let Meta run its rules over a create and make nothing; return when it would take it.

    Source: Marketing API, `execution_options`: with `validate_only` the call "will not perform the
    mutation" and answers `{"success": true}`. Labels are left out, since naming a new one makes it.
    As nothing is changed, an answer that is lost or makes no sense is `TryAgain`.

    Raises RejectedByMeta when Meta would refuse; StopAndAsk should Meta answer with an id all the
    same. Such an object is paused and carries the marker, so the launch adopts it.
    """
    if kind not in TRIED:
        raise FixInput(f"A {NOUNS[kind]} is uploaded; Meta cannot be asked beforehand.")
    doing = f"ask Meta about the {NOUNS[kind]} for {account_id}"
    form = {name: value for name, value in params.items() if name != "adlabels"}
    form["execution_options"] = ["validate_only"]
    answer = client.post(doing, Effect.READ, (checked_id(account_id), EDGES[kind].path), form)
    if answer.get("id"):
        raise StopAndAsk(
            f"{doing}: Meta was asked to make nothing and answered with the id {answer['id']}. "
            "Look for it in Ads Manager; triggering the launch again takes it on."
        )
