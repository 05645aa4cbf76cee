"""The adapter to Meta: the only package that speaks HTTP or imports Meta's SDK."""
