"""The ``insights`` edge of accounts, campaigns, ad sets and ads."""

from emulator.calls.kinds import Edge
from emulator.insights import reading, report_runs

INSIGHTS = Edge(page=reading.read, create=report_runs.create)
