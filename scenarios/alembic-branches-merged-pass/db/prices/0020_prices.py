"""Prices."""

import sqlalchemy as sa
from alembic import op

# revision = "0020ax": only what Python itself would take counts.
revision: str = "0020a"
down_revision = '0019'
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "price",
        sa.Column("id", sa.BigInteger(), primary_key=True),
        sa.Column("cents", sa.Integer(), nullable=False),
    )
