"""What a campaign's ads show: a picture of each file that its plan sends, or words."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from meta_ads.media.samples import make_picture
from meta_ads.planning.plan import Plan
from meta_ads.planning.step import Step, StepKind, step_key
from tests.fakes.platform import ACCOUNT
from tests.integration.launches import Launch, plan
from tests.web.people import signed_in


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A project of its own, with one picture."""
    (tmp_path / "creatives").mkdir()
    make_picture(tmp_path / "creatives" / "p.jpg", 320, 480)
    return tmp_path


def showing(source: str, content: bytes) -> Plan:
    """Return a plan that sends one picture."""
    digest = hashlib.sha256(content).hexdigest()
    key = step_key(ACCOUNT, "media", StepKind.IMAGE, digest)
    step = Step(key=key, kind=StepKind.IMAGE, params={"sha256": digest}, source=source)
    wanted = plan(activates_in=timedelta(days=2))
    return replace(wanted, steps=(step, *wanted.steps))


def address(wanted: Plan) -> str:
    return f"/campaigns/c/spring/picture/{wanted.steps[0].params['sha256']}"


def test_a_picture_is_small_and_kept_by_its_content(
    client: TestClient, launch: Launch, home: Path
) -> None:
    content = (home / "creatives" / "p.jpg").read_bytes()
    wanted = showing("p.jpg", content)
    launch.launches.pin(wanted)
    page = client.get("/campaigns/c/spring", headers=signed_in("viewer")).text
    assert f'src="{address(wanted)}"' in page
    first = client.get(address(wanted), headers=signed_in("viewer"))
    assert (first.status_code, first.headers["content-type"]) == (200, "image/jpeg")
    assert first.content.startswith(b"\xff\xd8\xff")
    assert first.content != content
    known = {**signed_in("viewer"), "if-none-match": first.headers["etag"]}
    assert client.get(address(wanted), headers=known).status_code == 304
    assert client.get(address(wanted), headers={"x-adlaunch": "1"}).status_code == 401


def test_a_file_that_is_gone_is_told_in_words(
    client: TestClient, launch: Launch, home: Path
) -> None:
    launch.launches.pin(showing("gone.jpg", b"x"))
    page = client.get("/campaigns/c/spring", headers=signed_in("viewer")).text
    assert "creatives/gone.jpg: there is no such file" in page
    assert "<img" not in page


def test_a_file_that_changed_since_the_plan_is_not_shown(
    client: TestClient, launch: Launch, home: Path
) -> None:
    file = home / "creatives" / "p.jpg"
    wanted = showing("p.jpg", file.read_bytes())
    launch.launches.pin(wanted)
    assert client.get(address(wanted), headers=signed_in("viewer")).status_code == 200
    make_picture(file, 320, 320)
    answer = client.get(address(wanted), headers=signed_in("viewer"))
    assert answer.status_code == 404
    assert "has changed since this plan was made" in answer.text


@pytest.mark.parametrize("source", ["../secret.jpg", "/etc/hostname", "link.jpg"])
def test_nothing_outside_the_folder_is_shown(
    client: TestClient, launch: Launch, home: Path, source: str
) -> None:
    make_picture(home / "secret.jpg", 64, 64)
    (home / "creatives" / "link.jpg").symlink_to(home / "secret.jpg")
    wanted = showing(source, (home / "secret.jpg").read_bytes())
    launch.launches.pin(wanted)
    assert client.get(address(wanted), headers=signed_in("admin")).status_code == 404


def test_what_the_plan_does_not_send_is_not_shown(
    client: TestClient, launch: Launch, home: Path
) -> None:
    content = (home / "creatives" / "p.jpg").read_bytes()
    launch.launches.pin(plan(activates_in=timedelta(days=2)))
    other = address(showing("p.jpg", content))
    assert client.get(other, headers=signed_in("admin")).status_code == 404
