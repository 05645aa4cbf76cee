"""The command `adlaunch`."""

from meta_ads.cli.commands import main

__all__ = ["main"]
