"""Items."""
from alembic import op

revision = "0001_start"
down_revision = None


def upgrade():
    op.execute("create table public.item (id bigint generated always as identity primary key, name text not null)")
