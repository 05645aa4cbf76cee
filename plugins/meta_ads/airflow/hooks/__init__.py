"""Hooks: how tasks reach Meta and the ledger."""
