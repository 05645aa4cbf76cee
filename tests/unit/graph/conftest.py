"""Fixtures: the scripted server, and a platform that talks to it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from meta_ads.graph.platform import MetaPlatform
from meta_ads.graph.settings import GraphSettings
from tests.unit.graph.scripted_graph import APP_SECRET, NOW, TOKEN, ScriptedGraph


@pytest.fixture
def graph() -> Iterator[ScriptedGraph]:
    server = ScriptedGraph()
    yield server
    server.close()
    assert not server.unscripted, "the client asked more than the script expects"
    assert not server.script, "the client asked less than the script expects"


@pytest.fixture
def settings(graph: ScriptedGraph) -> GraphSettings:
    return GraphSettings(
        token=TOKEN,
        app_secret=APP_SECRET,
        base_url=graph.url,
        connect_timeout=5,
        read_timeout=5,
        total_timeout=10,
    )


@pytest.fixture
def meta(settings: GraphSettings) -> Iterator[MetaPlatform]:
    with MetaPlatform(settings, clock=lambda: NOW) as platform:
        yield platform
