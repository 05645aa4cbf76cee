"""Insights: what the ads of this server delivered, and the reports that tell it."""
