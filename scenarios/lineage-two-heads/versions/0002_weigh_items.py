"""Items have a weight."""
from alembic import op

revision = "0002_weigh_items"
down_revision = "0001_start"


def upgrade():
    op.execute("alter table public.item add weight_g integer")
