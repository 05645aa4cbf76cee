"""The ledger and the status tables. The statements are in the .sql file of the same name."""

from pathlib import Path

from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create the schema meta_ads and its first tables."""
    # The driver's own cursor, since SQLAlchemy would read % as a placeholder.
    cursor = op.get_bind().connection.cursor()
    cursor.execute(Path(__file__).with_suffix(".sql").read_text())


def downgrade() -> None:
    """Refuse: the ledger is the only record of what exists at Meta."""
    raise RuntimeError("the ledger is never dropped by a migration; restore a backup instead")
