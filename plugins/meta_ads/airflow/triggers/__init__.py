"""Triggers: what the triggerer watches. They only read; nothing is changed from here."""
