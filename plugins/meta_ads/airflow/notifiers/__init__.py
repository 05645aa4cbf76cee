"""Notifiers: ways to reach people."""
