"""What analysts read, how good it is, and how long it is kept."""

from pathlib import Path

from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Add views for reports and their tables."""
    # The driver's own cursor, since SQLAlchemy would read % as a placeholder.
    cursor = op.get_bind().connection.cursor()
    cursor.execute(Path(__file__).with_suffix(".sql").read_text())


def downgrade() -> None:
    """Refuse: the ledger is the only record of what exists at Meta."""
    raise RuntimeError("the ledger is never downgraded by a migration; restore a backup instead")
