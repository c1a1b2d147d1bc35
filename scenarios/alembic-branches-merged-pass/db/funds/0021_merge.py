"""Both branches."""

import sqlalchemy as sa
from alembic import op

# revision = "0021x": only what Python itself would take counts.
revision: str = "0021"
down_revision = (
    "0020a",  # prices
    "0020b",
)
branch_labels = None
depends_on = None


def upgrade():
    pass
