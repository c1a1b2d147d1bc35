"""Funds, and the people who work with them: the history up to the first audit, in one revision."""
import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001_funds_and_users"
down_revision = None
branch_labels = None
depends_on = None

fund_status = postgresql.ENUM("raising", "active", "winding_down", "closed", name="fund_status")


def upgrade():
    op.create_table(
        "funds",
        sa.Column("id", sa.Integer, sa.Identity(always=True), primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("base_currency", sa.CHAR(3), nullable=False, server_default="EUR"),
        sa.Column("vintage", sa.SmallInteger, nullable=False),
        sa.Column("status", fund_status, nullable=False, server_default="raising"),
        sa.UniqueConstraint("name", name="funds_name_key"),
        sa.CheckConstraint("vintage >= 1990", name="funds_vintage_check"),
    )
    op.create_table(
        "users",
        sa.Column("id", sa.Integer, sa.Identity(always=True), primary_key=True),
        sa.Column("email", sa.Text, nullable=False),
        sa.Column("display_name", sa.Text, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()),
        sa.UniqueConstraint("email", name="users_email_key"),
    )
    op.execute("grant select, insert, update on public.funds, public.users to meridian_app")


def downgrade():
    op.drop_table("users")
    op.drop_table("funds")
    fund_status.drop(op.get_bind())
