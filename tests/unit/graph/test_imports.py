from __future__ import annotations

import subprocess
import sys


def test_neither_the_sdk_nor_http_is_imported_before_the_first_call() -> None:
    code = (
        "import sys\n"
        "from meta_ads.graph.platform import MetaPlatform\n"
        "from meta_ads.graph.settings import GraphSettings\n"
        "MetaPlatform(GraphSettings('t')).close()\n"
        "print(sorted({n.split('.')[0] for n in sys.modules}"
        " & {'facebook_business', 'requests', 'urllib3', 'av'}))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
