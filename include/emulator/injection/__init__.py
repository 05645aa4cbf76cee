"""Faults on purpose: which, when, and how they strike."""
