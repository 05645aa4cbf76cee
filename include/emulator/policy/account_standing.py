"""In which standing of an account Meta delivers its ads."""

#: ``account_status``: active, pending settlement, in grace period, and any active.
DELIVERING = frozenset((1, 8, 9, 201))
