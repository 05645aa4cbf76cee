"""The ``insights`` edge of accounts, campaigns, ad sets and ads."""

from emulator.insights import reading, report_runs
from emulator.kinds import Edge

INSIGHTS = Edge(page=reading.read, create=report_runs.create)
