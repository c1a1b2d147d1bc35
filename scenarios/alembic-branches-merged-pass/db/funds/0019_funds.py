"""What production has."""

import sqlalchemy as sa
from alembic import op

# revision = "0019x": only what Python itself would take counts.
revision: str = "0019"
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    op.execute("create table fund (id bigint generated always as identity primary key, name text not null)")
