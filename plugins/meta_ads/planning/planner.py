"""From a declaration to a plan: desired objects, their keys, and who needs whom."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import datetime
from decimal import Decimal
from typing import Any

from meta_ads.campaigns.account import Account, ApprovalPolicy
from meta_ads.campaigns.assembly import ONLY
from meta_ads.campaigns.declaration import Ad, AdSet, Declaration, Image, Video, shown_files
from meta_ads.payloads.ad import ad_params
from meta_ads.payloads.ad_set import ad_set_late_params, ad_set_params
from meta_ads.payloads.campaign import campaign_params
from meta_ads.payloads.creative import creative_params
from meta_ads.payloads.shown import Shown
from meta_ads.planning.canonical import digest
from meta_ads.planning.plan import Plan
from meta_ads.planning.spend import Spend, spend
from meta_ads.planning.step import REFERENCE, Step, StepKind, marker, step_key

MEDIA_OWNER = "media"


def build_plan(
    declaration: Declaration, sha256: Mapping[str, str], summary: Mapping[str, str]
) -> Plan:
    """Return the plan of `declaration`.

    `sha256` maps each media file of the declaration, relative to `creatives/`, to the digest of
    its bytes: a file is the same medium wherever it lies, and another one once its bytes change.
    """
    account = declaration.account
    steps = tuple(_Steps(declaration, sha256).build())
    return Plan(
        campaign_id=declaration.campaign_id,
        account_id=account.account_id,
        steps=steps,
        activate_at=declaration.activate_at,
        approval_required=approval_needed(account, spend(steps, declaration.activate_at)),
        summary=summary,
        declared=_declared(declaration, sha256),
        naming={**declaration.naming, "name": declaration.name} if declaration.naming else {},
        approval=account.approval_terms,
    )


def approval_needed(account: Account, spent: Spend) -> bool:
    """Whether a launch that may spend so much needs an approval by the account's terms."""
    if account.approval is not ApprovalPolicy.REQUIRED:
        return False
    above = account.approval_terms.above if account.approval_terms else ()
    return not above or any(
        (spent.lifetime if threshold.lifetime else spent.daily) > threshold.amount.amount_minor
        for threshold in above
    )


def _declared(declaration: Declaration, sha256: Mapping[str, str]) -> str:
    """Return the digest of the declaration and its media, whatever its file is called.

    Empty values are left out, so that a key the next version adds does not change it.
    """
    values = asdict(declaration)
    # Whose word a value is does not change the value.
    del values["source"], values["brand"], values["inherited"]
    # They bound what a person may declare, and are no part of it.
    del values["account"]["limits"], values["account"]["override_up_to"]
    return digest({"declaration": _given(values), "media": sorted(sha256.items())})


def _given(value: Any) -> Any:
    if isinstance(value, Mapping):
        given = {name: _given(item) for name, item in value.items()}
        return {name: item for name, item in given.items() if item not in (None, False, {}, [])}
    if isinstance(value, list | tuple):
        return [_given(item) for item in value]
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value


def _reference(step: Step) -> dict[str, str]:
    return {REFERENCE: step.key}


class _Steps:
    """Builds the steps of one declaration; media come first and are shared by digest."""

    def __init__(self, declaration: Declaration, sha256: Mapping[str, str]) -> None:
        self.declaration = declaration
        self.sha256 = sha256
        self.steps: dict[str, Step] = {}

    def build(self) -> list[Step]:
        campaign = self._own(
            StepKind.CAMPAIGN,
            ONLY,
            lambda tag: campaign_params(self.declaration, tag),
            paused=self.declaration.paused,
        )
        for ad_set in self.declaration.ad_sets:
            parent = self._ad_set(ad_set, campaign)
            for ad in ad_set.ads:
                self._ad(ad, parent)
        order = list(StepKind)
        return sorted(self.steps.values(), key=lambda step: order.index(step.kind))

    def _ad_set(self, ad_set: AdSet, campaign: Step) -> Step:
        return self._own(
            StepKind.AD_SET,
            ad_set.part_id,
            lambda tag: ad_set_params(self.declaration, ad_set, tag, _reference(campaign)),
            late_params=ad_set_late_params(self.declaration),
            paused=ad_set.paused,
        )

    def _ad(self, ad: Ad, parent: Step) -> None:
        shown = [self._shown(item) for item in shown_files(ad.creative.media)]
        creative = self._own(
            StepKind.CREATIVE, ad.part_id, lambda tag: creative_params(ad, tag, shown)
        )
        self._own(
            StepKind.AD,
            ad.part_id,
            lambda tag: ad_params(
                self.declaration, ad, tag, _reference(parent), _reference(creative)
            ),
            paused=ad.paused,
        )

    def _shown(self, media: Video | Image) -> Shown:
        video = self._video(media) if isinstance(media, Video) else None
        image = _reference(self._image(media, video))
        return Shown(image, _reference(video) if video else None)

    def _own(
        self,
        kind: StepKind,
        part: str,
        params: Callable[[str], Mapping[str, Any]],
        late_params: Mapping[str, Any] | None = None,
        paused: bool = False,
    ) -> Step:
        account_id = self.declaration.account.account_id
        key = step_key(account_id, self.declaration.campaign_id, kind, part)
        return self._add(
            Step(
                key=key,
                kind=kind,
                params=params(marker(key)),
                late_params=late_params or {},
                paused=paused,
            )
        )

    def _video(self, video: Video) -> Step:
        sha256 = self.sha256[video.file_path]
        key = self._media_key(StepKind.VIDEO, sha256)
        return self._add(
            Step(key=key, kind=StepKind.VIDEO, params={"sha256": sha256}, source=video.file_path)
        )

    def _image(self, media: Video | Image, video: Step | None) -> Step:
        """Return the picture of an ad, or the one shown before its video plays."""
        path = media.thumbnail if isinstance(media, Video) else media.file_path
        if path is None:
            assert video is not None, "only a video does without a picture of its own"
            key = self._media_key(StepKind.IMAGE, f"frame-of-{video.params['sha256']}")
            params: dict[str, Any] = {"preferred_frame_of": _reference(video)}
            return self._add(Step(key=key, kind=StepKind.IMAGE, params=params))
        sha256 = self.sha256[path]
        key = self._media_key(StepKind.IMAGE, sha256)
        return self._add(Step(key=key, kind=StepKind.IMAGE, params={"sha256": sha256}, source=path))

    def _media_key(self, kind: StepKind, content: str) -> str:
        return step_key(self.declaration.account.account_id, MEDIA_OWNER, kind, content)

    def _add(self, step: Step) -> Step:
        return self.steps.setdefault(step.key, step)
