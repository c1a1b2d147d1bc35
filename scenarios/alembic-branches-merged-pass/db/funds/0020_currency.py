"""A currency."""

import sqlalchemy as sa
from alembic import op

# revision = "0020bx": only what Python itself would take counts.
revision: str = "0020b"
down_revision = """0019"""
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("fund", sa.Column("currency", sa.Text(), nullable=False, server_default="EUR"))
