"""No file, however bad, keeps the loader from loading the others."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from meta_ads.campaigns.loader import LoadedCampaigns, load_campaigns
from meta_ads.errors import InvalidCampaign
from tests.conftest import PROJECT
from tests.speed.files import FLAT, FULL, make_project

GOOD = yaml.safe_load((PROJECT / "include/campaigns/examples/spring_sale.yaml").read_text())
ACCOUNTS = yaml.safe_load((PROJECT / "configs/accounts.yaml").read_text())
# Pydantic's own words, none of which a media buyer should meet.
JARGON = ("Input should", "type=", "validation error", "pydantic", "NoneType", "dict[", "list[")
FIELDS = [
    *((key,) for key in GOOD),
    ("video", "file_path"),
    ("video", "thumbnail"),
    ("schedule", "activate_at"),
    *(("targeting", key) for key in ("countries", "age_min", "age_max", "genders")),
    *((key,) for key in ("launch", "pixel_id", "page_id", "catalog_id", "unknown")),
]
TEXTS = st.one_of(
    st.text(max_size=30),
    st.sampled_from(
        [
            "²",
            "٣٠",
            "0001-01-01 00:00",
            "9999-12-31 23:59-12:00",
            "1" * 400,
            "SGD",
            " SGD",
            "50 SGD",
        ]
    ),
    st.dates().map(str),
    st.datetimes().map(lambda moment: f"{moment:%Y-%m-%d %H:%M}"),
    st.builds("https://{}.sunrise.example/".format, st.text(max_size=8)),
    st.builds("{} SGD".format, st.decimals(allow_nan=False, allow_infinity=False)),
)
VALUES = st.recursive(
    st.one_of(TEXTS, st.none(), st.booleans(), st.integers(), st.floats()),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=6,
)
many = settings(
    derandomize=True,
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


def home_of(path: Path, accounts: bytes | None = None) -> Path:
    (path / "include/campaigns").mkdir(parents=True, exist_ok=True)
    (path / "configs").mkdir(exist_ok=True)
    text = (PROJECT / "configs/accounts.yaml").read_bytes() if accounts is None else accounts
    (path / "configs/accounts.yaml").write_bytes(text)
    (path / "configs/brands.yaml").write_bytes((PROJECT / "configs/brands.yaml").read_bytes())
    other = (PROJECT / "include/campaigns/examples/always_on.yaml").read_text()
    (path / "include/campaigns/other.yaml").write_text(other)
    return path


def changed(document: dict[str, object], path: tuple[str, ...], value: object) -> str:
    """Return the document as YAML with one value changed."""
    copy = yaml.safe_load(yaml.safe_dump(document))
    target = copy
    for key in path[:-1]:
        target = target.setdefault(key, {})
    target[path[-1]] = value
    # JSON-like style: every text stands in quotes, with escapes for what cannot be seen.
    return yaml.safe_dump(copy, default_style='"', default_flow_style=True)


def assert_readable(campaigns: LoadedCampaigns) -> None:
    for problems in campaigns.problems.values():
        assert problems
        for problem in problems:
            str(problem).encode()
            assert problem.message
            assert problem.remedy
            assert not [word for word in JARGON if word in problem.message + problem.remedy]


@many
@given(st.sampled_from(FIELDS), VALUES)
def test_any_value_of_any_key_is_taken_or_explained(
    tmp_path: Path, path: tuple[str, ...], value: object
) -> None:
    home = home_of(tmp_path)
    (home / "include/campaigns/changed.yaml").write_text(changed(GOOD, path, value))
    campaigns = load_campaigns(home)
    assert "always_on" in campaigns.declarations
    assert len(campaigns.declarations) + len(campaigns.problems) == 2
    assert_readable(campaigns)


@many
@given(st.binary(max_size=200) | st.text("[]{}:-?&*!|>'\"%@#\n \tab", max_size=80).map(str.encode))
def test_any_bytes_are_explained(tmp_path: Path, raw: bytes) -> None:
    home = home_of(tmp_path)
    (home / "include/campaigns/changed.yaml").write_bytes(raw)
    campaigns = load_campaigns(home)
    assert list(campaigns.declarations) == ["always_on"]
    assert "include/campaigns/changed.yaml" in campaigns.problems
    assert_readable(campaigns)


@many
@given(st.sampled_from(sorted(ACCOUNTS["accounts"]["sunrise_sg"])) | st.just("unknown"), VALUES)
def test_any_value_of_an_account_leaves_the_other_accounts(
    tmp_path: Path, key: str, value: object
) -> None:
    home = home_of(tmp_path, changed(ACCOUNTS, ("accounts", "sunrise_sg", key), value).encode())
    campaigns = load_campaigns(home)
    assert "always_on" in campaigns.declarations
    assert_readable(campaigns)


@pytest.mark.parametrize("raw", [b"", b"accounts: 1", b"\xff", b"[" * 60000, b"a: &a [*a]"])
def test_bad_accounts_are_told_with_the_campaign_that_needs_them(
    tmp_path: Path, raw: bytes
) -> None:
    home = home_of(tmp_path, raw)
    assert load_campaigns(home).declarations == {}
    with pytest.raises(InvalidCampaign) as caught:
        load_campaigns(home).one("always_on")
    assert {problem.file for problem in caught.value.problems} == {
        "configs/accounts.yaml",
        "include/campaigns/other.yaml",
    }


@pytest.mark.parametrize("example", [FLAT, FULL])
def test_a_thousand_campaign_files_are_checked_in_three_seconds(
    tmp_path: Path, example: str
) -> None:
    make_project(tmp_path, example, 1000)
    before = time.process_time()
    campaigns = load_campaigns(tmp_path)
    assert time.process_time() - before < 3
    assert len(campaigns.declarations) == 1000


def test_every_example_is_a_good_campaign(tmp_path: Path) -> None:
    examples = PROJECT / "include/campaigns/examples"
    folder = home_of(tmp_path) / "include/campaigns"
    (folder / "other.yaml").unlink()
    for example in examples.iterdir():
        shutil.copy(example, folder)
    campaigns = load_campaigns(tmp_path)
    assert campaigns.problems == {}
    assert sorted(campaigns.declarations) == sorted(path.stem for path in examples.iterdir())
    accounts = {loaded.declaration.account.key for loaded in campaigns.declarations.values()}
    assert accounts == set(ACCOUNTS["accounts"]), "one example for each account"


def test_missing_accounts_are_a_problem(tmp_path: Path) -> None:
    home = home_of(tmp_path)
    (home / "configs/accounts.yaml").unlink()
    assert "configs/accounts.yaml" in load_campaigns(home).problems


def test_what_is_no_file_is_explained(tmp_path: Path) -> None:
    folder = home_of(tmp_path) / "include/campaigns"
    (folder / "folder.yaml").mkdir()
    (folder / "nowhere.yaml").symlink_to("missing")
    os.mkfifo(folder / "pipe.yaml")
    campaigns = load_campaigns(tmp_path)
    assert list(campaigns.declarations) == ["always_on"]
    assert sorted(campaigns.problems) == [
        f"include/campaigns/{name}.yaml" for name in ("folder", "nowhere", "pipe")
    ]


def test_a_file_name_that_is_no_text_is_explained(tmp_path: Path) -> None:
    folder = home_of(tmp_path) / "include/campaigns"
    with open(os.fsencode(folder) + b"/\xff.yaml", "wb") as file:
        file.write(b"a: b")
    assert_readable(load_campaigns(tmp_path))


def test_the_ending_may_be_in_capitals_and_folders_are_left_alone(tmp_path: Path) -> None:
    folder = home_of(tmp_path) / "include/campaigns"
    (folder / "other.yaml").rename(folder / "Other.YML")
    (folder / "drafts").mkdir()
    (folder / "drafts/bad.yaml").write_text("a: b")
    campaigns = load_campaigns(tmp_path)
    assert list(campaigns.declarations) == ["always_on"]
    assert campaigns.problems == {}


@pytest.mark.parametrize("opening", ["[", "{a: ", "- ", "? "])
def test_endless_nesting_does_not_end_the_process(tmp_path: Path, opening: str) -> None:
    home = home_of(tmp_path)
    (home / "include/campaigns/deep.yaml").write_text(opening * 60000)
    code = (
        "import sys; from pathlib import Path; from meta_ads.campaigns import loader;"
        "print(*loader.load_campaigns(Path(sys.argv[1])).declarations)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(home)], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (0, "always_on\n"), done.stderr
