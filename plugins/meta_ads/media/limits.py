"""What Meta takes as an ad video or picture, and what it recommends: one table of rules each.

Errors are what Meta refuses, found before a byte is uploaded. Warnings are what people would see of
an ad that Meta takes all the same.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Generic, TypeVar

from meta_ads.errors import Problem, Severity
from meta_ads.media.pictures import PictureFacts
from meta_ads.media.placements import length_misfits, shape_misfits
from meta_ads.media.probe import VideoFacts

Facts = TypeVar("Facts", VideoFacts, PictureFacts)

_GIB = 1024**3
_MINUTE = 60.0
# FFmpeg's names of what it reads a single picture with.
PICTURES = frozenset({"image2", "jpeg_pipe", "png_pipe", "gif", "webp_pipe"})
# MP4 and MOV are our policy: Meta converts more, less reliably.
CONTAINERS = ("mp4",)
CODECS = ("h264", "hevc", "vp9", "av1")
LARGEST_BYTES = 10 * _GIB
SHORTEST_S, LONGEST_S = 1.0, 241 * _MINUTE
SMALLEST_SIDE = 120
RECOMMENDED_SIDE = 1080
FRAME_RATES = (23.0, 60.0)
# The shapes of pictures, width by height, with Meta's tolerance of 3 %.
NARROWEST, WIDEST = 9 / 16 * 0.97, 1.91 * 1.03

_VIDEO_GUIDE = "Meta, Ads Guide, video"
_PICTURE_GUIDE = "Meta, Ads Guide, picture"
_REELS = "Meta, IG User Media, reel specifications"


@dataclass(frozen=True, slots=True)
class Rule(Generic[Facts]):
    """One rule. `told` returns what breaks it, as the end of a sentence, or an empty text.

    It is given the facts and the placements chosen (empty: Meta chooses).
    """

    name: str
    severity: Severity
    told: Callable[[Facts, Collection[str]], str]
    remedy: str
    source: str


def _error(
    name: str, told: Callable[[VideoFacts], str], remedy: str, source: str = _VIDEO_GUIDE
) -> Rule[VideoFacts]:
    return Rule(name, Severity.ERROR, lambda facts, chosen: told(facts), remedy, source)


def _warning(
    name: str, told: Callable[[VideoFacts], str], remedy: str, source: str
) -> Rule[VideoFacts]:
    return Rule(name, Severity.WARNING, lambda facts, chosen: told(facts), remedy, source)


def _if(broken: bool, text: str) -> str:
    return text if broken else ""


def _shape(facts: VideoFacts, chosen: Collection[str]) -> str:
    misfits = shape_misfits(facts.width, facts.height, chosen)
    return _if(bool(misfits), f"the shape is {facts.shape}; it does not fit {'; '.join(misfits)}")


def _length(facts: VideoFacts, chosen: Collection[str]) -> str:
    misfits = length_misfits(facts.duration_s, chosen)
    return _if(
        bool(misfits),
        f"the video lasts {facts.duration_s:.0f} s; Meta will not show it in {'; '.join(misfits)}",
    )


def _tiny(facts: VideoFacts | PictureFacts) -> str:
    return _if(
        min(facts.width, facts.height) < SMALLEST_SIDE,
        f"the picture is {facts.width}x{facts.height}; each side at least {SMALLEST_SIDE} pixels",
    )


def _small(facts: VideoFacts | PictureFacts) -> str:
    return _if(
        SMALLEST_SIDE <= min(facts.width, facts.height) < RECOMMENDED_SIDE,
        f"the picture is {facts.width}x{facts.height}; Meta recommends {RECOMMENDED_SIDE} pixels "
        "or more on the shorter side",
    )


VIDEO_RULES: tuple[Rule[VideoFacts], ...] = (
    _error(
        "file size",
        lambda video: _if(
            video.size_bytes > LARGEST_BYTES,
            f"the video has {video.size_bytes / _GIB:.1f} GB; at most {LARGEST_BYTES // _GIB} GB",
        ),
        "Export it smaller",
        "Marketing API, Ad Videos",
    ),
    _error(
        "shortest",
        lambda video: _if(
            video.duration_s < SHORTEST_S,
            f"the video lasts {video.duration_s:.2f} s; at least {SHORTEST_S:.0f} s",
        ),
        "Use a longer video",
    ),
    _error(
        "longest",
        lambda video: _if(
            video.duration_s > LONGEST_S,
            f"the video lasts {video.duration_s / _MINUTE:.0f} min; "
            f"at most {LONGEST_S / _MINUTE:.0f} min",
        ),
        "Cut it",
    ),
    _error(
        "smallest side",
        _tiny,
        "Export it larger; 1080x1920 suits Reels and Stories",
    ),
    _error(
        "container",
        lambda video: _if(
            video.container not in CONTAINERS,
            f"the container is {video.container}; allowed are MP4 and MOV",
        ),
        "Export it as MP4",
    ),
    _error(
        "codec",
        lambda video: _if(
            video.codec not in CODECS,
            f"the codec is {video.codec}; allowed are {', '.join(CODECS)}",
        ),
        "Export it with H.264",
    ),
    Rule(
        "shape",
        Severity.WARNING,
        _shape,
        "Export it in that shape, or choose placements that want its shape",
        _VIDEO_GUIDE,
    ),
    Rule(
        "length",
        Severity.WARNING,
        _length,
        "Cut it, or leave it: Meta shows it elsewhere",
        _VIDEO_GUIDE,
    ),
    _warning("resolution", _small, "Export it larger", _VIDEO_GUIDE),
    _warning(
        "sound",
        lambda video: _if(not video.has_audio, "the video has no sound"),
        "Add sound: Meta recommends it, above all in Reels and Stories",
        _VIDEO_GUIDE,
    ),
    _warning(
        "index",
        lambda video: _if(video.index_last, "the index of the video (moov) stands at its end"),
        "Export it for the web (“fast start”)",
        _REELS,
    ),
    _warning(
        "frame rate",
        lambda video: _if(
            not FRAME_RATES[0] <= video.fps <= FRAME_RATES[1],
            f"the video has {video.fps:.4g} pictures a second; "
            f"Meta recommends {FRAME_RATES[0]:.0f} to {FRAME_RATES[1]:.0f}",
        ),
        "Export it with 30",
        _REELS,
    ),
    _warning(
        "varying frame rate",
        lambda video: _if(video.varying, "the frame rate varies; Meta recommends a fixed one"),
        "Export it with a fixed frame rate: sound and picture can part otherwise",
        _VIDEO_GUIDE,
    ),
)
PICTURE_RULES: tuple[Rule[PictureFacts], ...] = (
    Rule(
        "smallest side",
        Severity.ERROR,
        lambda picture, chosen: _tiny(picture),
        "Use a larger JPG or PNG picture",
        _PICTURE_GUIDE,
    ),
    Rule(
        "shape",
        Severity.WARNING,
        lambda picture, chosen: _if(
            not NARROWEST <= picture.width / picture.height <= WIDEST,
            f"the picture is {picture.width}x{picture.height}; Meta crops what is narrower than "
            "9:16 or wider than 1.91:1",
        ),
        "Crop it yourself",
        _PICTURE_GUIDE,
    ),
    Rule(
        "resolution",
        Severity.WARNING,
        lambda picture, chosen: _small(picture),
        "Export it larger",
        _PICTURE_GUIDE,
    ),
)


def check_video(facts: VideoFacts, name: str, chosen: Collection[str] = ()) -> list[Problem]:
    """Return what Meta would refuse, and what it does not recommend, of a video.

    `chosen` holds its ads' placements as `platform position`; empty when Meta chooses.
    """
    if facts.container in PICTURES:
        remedy = "Name a video here; a picture may be the thumbnail"
        return [Problem(file=name, message="this is a picture, not a video", remedy=remedy)]
    return _broken(VIDEO_RULES, facts, name, chosen)


def check_picture(facts: PictureFacts, name: str, chosen: Collection[str] = ()) -> list[Problem]:
    """Return what Meta would refuse, and what it does not recommend, of a picture.

    `chosen` as in `check_video`.
    """
    return _broken(PICTURE_RULES, facts, name, chosen)


def _broken(
    rules: Collection[Rule[Facts]], facts: Facts, name: str, chosen: Collection[str]
) -> list[Problem]:
    return [
        Problem(file=name, message=told, remedy=rule.remedy, severity=rule.severity)
        for rule in rules
        if (told := rule.told(facts, chosen))
    ]
