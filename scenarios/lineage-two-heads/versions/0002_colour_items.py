"""Items have a colour: written on another branch."""
from alembic import op

revision = "0002_colour_items"
down_revision = "0001_start"


def upgrade():
    op.execute("alter table public.item add colour text")
