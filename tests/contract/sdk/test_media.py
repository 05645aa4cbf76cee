"""The SDK uploads videos and images, and waits until a video is ready."""

from facebook_business.adobjects.adimage import AdImage
from facebook_business.adobjects.advideo import AdVideo

from tests.contract.sdk.conftest import SAMPLES, Place

CLIP, STILL = str(SAMPLES / "vertical.mp4"), str(SAMPLES / "thumbnail.jpg")


def test_the_uploader_sends_a_file_in_pieces_and_waits_for_it(place: Place) -> None:
    video = AdVideo(parent_id=place.account["id"])
    video[AdVideo.Field.filepath] = CLIP
    video.remote_create()
    place.settle()
    video.waitUntilEncodingReady(interval=1, timeout=60)
    shown = AdVideo(video["id"]).api_get(fields=["status", "length", "title"])
    assert shown["status"]["video_status"] == "ready"
    assert shown["title"] == "vertical.mp4"
    thumbnails = AdVideo(video["id"]).get_thumbnails(fields=["uri", "is_preferred"])
    assert [one["is_preferred"] for one in thumbnails].count(True) == 1


def test_the_edge_takes_a_whole_file(place: Place) -> None:
    video = place.account.create_ad_video(params={"source": CLIP, "title": "Whole"})
    assert AdVideo(video["id"]).api_get(fields=["title"])["title"] == "Whole"


def test_an_image_keeps_its_hash(place: Place) -> None:
    image = AdImage(parent_id=place.account["id"])
    image[AdImage.Field.filename] = STILL
    image.remote_create()
    again = place.account.create_ad_image(params={"filename": STILL})
    assert again["hash"] == image["hash"]
    found = place.account.get_ad_images(params={"hashes": [image["hash"]]}, fields=["hash"])
    assert [one["hash"] for one in found] == [image["hash"]]
