"""What every `AdPlatform` promises, run alike against the fake, the emulator and Meta.

A launch relies on these and on nothing else; the fake may stand in for Meta only because it
passes them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

import pytest

from meta_ads.errors import NotReadyYet, OutcomeUnknown, RejectedByMeta, Throttled
from meta_ads.launching.ports import UploadSession, VideoState
from meta_ads.planning.step import StepKind
from tests.contract import declared
from tests.contract.worlds import World

SAMPLES = Path(__file__).resolve().parents[2] / "creatives" / "samples"
VIDEO = (SAMPLES / "vertical.mp4").read_bytes()
PICTURE = (SAMPLES / "thumbnail.jpg").read_bytes()
MISSING = "999999999999999"


@pytest.fixture
def marker() -> str:
    return hashlib.sha256(uuid4().bytes).hexdigest()[:10].upper()


def make_campaign(world: World, marker: str) -> str:
    return world.platform.create(StepKind.CAMPAIGN, world.account_id, declared.campaign(marker))


def found(world: World, kind: StepKind, marker: str) -> list[str]:
    return [item.object_id for item in world.platform.find(kind, world.account_id, marker)]


def upload(
    world: World, title: str, also: Callable[[UploadSession], None] = lambda session: None
) -> str:
    """Upload the sample, calling `also` before each chunk; return the video's id."""
    session = world.platform.start_video(world.account_id, len(VIDEO))
    while not session.complete:
        also(session)
        chunk = VIDEO[session.start_offset : session.end_offset]
        session = world.platform.send_chunk(world.account_id, session, chunk)
    world.platform.finish_video(world.account_id, session, title)
    return session.video_id


def launch(world: World, marker: str) -> dict[StepKind, str]:
    """Create one of everything; return the ids."""
    video = upload(world, f"contract [#{marker}]")
    world.settle()
    image = world.platform.upload_image(world.account_id, f"{marker}.jpg", PICTURE)
    create = world.platform.create
    account = world.account_id
    campaign = make_campaign(world, marker)
    ad_set = create(StepKind.AD_SET, account, declared.ad_set(world, marker, campaign))
    creative = create(StepKind.CREATIVE, account, declared.creative(world, marker, video, image))
    ad = create(StepKind.AD, account, declared.ad(marker, ad_set, creative))
    world.settle()
    return {
        StepKind.CAMPAIGN: campaign,
        StepKind.AD_SET: ad_set,
        StepKind.CREATIVE: creative,
        StepKind.AD: ad,
        StepKind.VIDEO: video,
    }


def test_what_is_created_is_read_back_as_it_was_sent(world: World, marker: str) -> None:
    campaign = make_campaign(world, marker)
    shown = world.platform.read(campaign, ["id", "name", "status", "daily_budget"])
    assert shown["id"] == campaign
    assert shown["name"] == f"contract campaign [#{marker}]"
    assert shown["status"] == "PAUSED"
    assert int(shown["daily_budget"]) == 5000


def test_a_whole_launch_is_created_paused_and_each_object_is_found_by_its_marker(
    world: World, marker: str
) -> None:
    ids = launch(world, marker)
    for kind, object_id in ids.items():
        assert found(world, kind, marker) == [object_id]
    for kind in (StepKind.CAMPAIGN, StepKind.AD_SET, StepKind.AD):
        assert world.platform.read(ids[kind], ["status"])["status"] == "PAUSED"


def test_a_launch_with_all_three_levers_is_advantage_plus(world: World, marker: str) -> None:
    ids = launch(world, marker)
    info = world.platform.read(ids[StepKind.CAMPAIGN], ["advantage_state_info"])
    assert info["advantage_state_info"]["advantage_state"] == "ADVANTAGE_PLUS_SALES"


def test_nothing_is_found_for_a_marker_nobody_used(world: World, marker: str) -> None:
    for kind in StepKind:
        assert found(world, kind, marker) == []


def test_creating_twice_makes_two_and_both_are_found_in_order(world: World, marker: str) -> None:
    first, second = make_campaign(world, marker), make_campaign(world, marker)
    assert first != second
    assert found(world, StepKind.CAMPAIGN, marker) == sorted(
        [first, second], key=lambda item: (len(item), item)
    )


def test_more_objects_than_fit_a_page_are_all_found(world: World, marker: str) -> None:
    if type(world).__name__ == "RealWorld":
        pytest.skip("would leave 101 campaigns in the account")
    made = {make_campaign(world, marker) for _ in range(101)}
    assert set(found(world, StepKind.CAMPAIGN, marker)) == made


def test_a_renamed_object_is_still_found_by_its_label(world: World, marker: str) -> None:
    campaign = make_campaign(world, marker)
    world.platform.update(campaign, {"name": "renamed by a person"})
    assert found(world, StepKind.CAMPAIGN, marker) == [campaign]


def test_an_object_that_lost_its_label_is_still_found_by_its_name(
    world: World, marker: str
) -> None:
    params = {**declared.campaign(marker), "adlabels": []}
    campaign = world.platform.create(StepKind.CAMPAIGN, world.account_id, params)
    assert found(world, StepKind.CAMPAIGN, marker) == [campaign]


def test_an_archived_object_is_found(world: World, marker: str) -> None:
    campaign = make_campaign(world, marker)
    world.platform.update(campaign, {"status": "ARCHIVED"})
    assert found(world, StepKind.CAMPAIGN, marker) == [campaign]


def test_a_deleted_object_is_not_found_but_can_be_read(world: World, marker: str) -> None:
    campaign = make_campaign(world, marker)
    world.platform.update(campaign, {"status": "DELETED"})
    assert found(world, StepKind.CAMPAIGN, marker) == []
    assert world.platform.read(campaign, ["status"])["status"] == "DELETED"


def test_an_object_that_does_not_exist_is_refused(world: World) -> None:
    with pytest.raises(RejectedByMeta):
        world.platform.read(MISSING, ["id"])
    with pytest.raises(RejectedByMeta):
        world.platform.update(MISSING, {"status": "PAUSED"})


def test_a_child_says_that_its_parent_is_paused(world: World, marker: str) -> None:
    ids = launch(world, marker)
    world.platform.update(ids[StepKind.AD], {"status": "ACTIVE"})
    world.platform.update(ids[StepKind.AD_SET], {"status": "ACTIVE"})

    def effective(kind: StepKind) -> str:
        return str(world.platform.read(ids[kind], ["effective_status"])["effective_status"])

    assert effective(StepKind.AD_SET) == "CAMPAIGN_PAUSED"
    assert effective(StepKind.AD) == "CAMPAIGN_PAUSED"
    world.platform.update(ids[StepKind.CAMPAIGN], {"status": "ACTIVE"})
    world.settle()
    assert effective(StepKind.AD_SET) == "ACTIVE"
    assert effective(StepKind.AD) == "ACTIVE"


def test_repeating_an_update_changes_nothing(world: World, marker: str) -> None:
    campaign = make_campaign(world, marker)
    for _ in range(2):
        world.platform.update(campaign, {"status": "PAUSED"})
    assert world.platform.read(campaign, ["status"])["status"] == "PAUSED"


def test_an_upload_goes_on_where_the_server_is(world: World, marker: str) -> None:
    seen: list[int] = []

    def send_the_first_chunk_twice(session: UploadSession) -> None:
        seen.append(session.start_offset)
        if session.start_offset == 0:
            chunk = VIDEO[: session.end_offset]
            world.platform.send_chunk(world.account_id, session, chunk)

    video = upload(world, f"contract [#{marker}]", send_the_first_chunk_twice)
    world.settle()
    assert world.platform.video_status(video).state is VideoState.READY


def test_a_video_is_uploading_then_processing_then_ready(world: World, marker: str) -> None:
    states = []
    video = upload(
        world,
        f"contract [#{marker}]",
        lambda session: states.append(world.platform.video_status(session.video_id).state),
    )
    assert set(states) == {VideoState.UPLOADING}
    assert world.platform.video_status(video).state is VideoState.PROCESSING
    world.settle()
    assert world.platform.video_status(video).state is VideoState.READY


def test_a_ready_video_has_a_picture(world: World, marker: str) -> None:
    video = upload(world, f"contract [#{marker}]")
    with pytest.raises(NotReadyYet):
        world.platform.preferred_thumbnail(video)
    world.settle()
    assert world.platform.preferred_thumbnail(video).startswith(b"\xff\xd8\xff")


def test_an_upload_that_lacks_bytes_cannot_be_finished(world: World, marker: str) -> None:
    session = world.platform.start_video(world.account_id, len(VIDEO))
    with pytest.raises(RejectedByMeta):
        world.platform.finish_video(world.account_id, session, f"contract [#{marker}]")


def test_equal_pictures_are_kept_once(world: World, marker: str) -> None:
    hashes = {
        world.platform.upload_image(world.account_id, f"{marker}{n}.jpg", PICTURE) for n in range(2)
    }
    assert len(hashes) == 1


def test_a_create_whose_answer_is_lost_is_open_and_found_once(world: World, marker: str) -> None:
    world.lose_next_answer(StepKind.CAMPAIGN)
    with pytest.raises(OutcomeUnknown):
        make_campaign(world, marker)
    assert len(found(world, StepKind.CAMPAIGN, marker)) == 1


def test_a_create_that_is_lost_on_the_way_is_open_and_not_found(world: World, marker: str) -> None:
    world.lose_next_call(StepKind.CAMPAIGN)
    with pytest.raises(OutcomeUnknown):
        make_campaign(world, marker)
    assert found(world, StepKind.CAMPAIGN, marker) == []


def test_a_throttled_create_did_nothing_and_names_a_time(world: World, marker: str) -> None:
    world.throttle_next(StepKind.CAMPAIGN, minutes=7)
    with pytest.raises(Throttled) as caught:
        make_campaign(world, marker)
    assert caught.value.not_before.tzinfo is not None
    assert found(world, StepKind.CAMPAIGN, marker) == []
    assert make_campaign(world, marker)


def test_a_new_object_may_stay_out_of_lists_for_a_while(world: World, marker: str) -> None:
    world.lag_lists(20)
    campaign = make_campaign(world, marker)
    assert found(world, StepKind.CAMPAIGN, marker) == []
    assert world.platform.read(campaign, ["id"])["id"] == campaign
    world.settle()
    assert found(world, StepKind.CAMPAIGN, marker) == [campaign]


@pytest.mark.parametrize("kind", [StepKind.AD_SET, StepKind.AD])
def test_a_child_of_nothing_is_not_created(world: World, marker: str, kind: StepKind) -> None:
    params = (
        declared.ad_set(world, marker, MISSING)
        if kind is StepKind.AD_SET
        else declared.ad(marker, MISSING, MISSING)
    )
    with pytest.raises((RejectedByMeta, OutcomeUnknown)):
        world.platform.create(kind, world.account_id, params)
    assert found(world, kind, marker) == []


def test_asking_about_an_object_makes_nothing(world: World, marker: str) -> None:
    other = f"Z{marker[1:]}"
    ask = world.platform.validate
    campaign = make_campaign(world, marker)
    ask(StepKind.CAMPAIGN, world.account_id, declared.campaign(other))
    ask(StepKind.AD_SET, world.account_id, declared.ad_set(world, other, campaign))
    with pytest.raises(RejectedByMeta):
        ask(StepKind.AD_SET, world.account_id, declared.ad_set(world, other, MISSING))
    assert [found(world, kind, other) for kind in StepKind] == [[]] * len(StepKind)
