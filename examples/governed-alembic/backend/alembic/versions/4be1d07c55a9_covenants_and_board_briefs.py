"""Covenants and the board's briefs: written on a branch beside 0022."""
import sqlalchemy as sa
from alembic import op

revision = "4be1d07c55a9"
down_revision = "0021_currency_of_investments"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "covenant_status_register",
        sa.Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
        sa.Column("investment_id", sa.BigInteger, nullable=False),
        sa.Column("covenant", sa.Text, nullable=False),
        sa.Column("breached", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.Column("tested_on", sa.Date, nullable=False),
        sa.ForeignKeyConstraint(["investment_id"], ["active_investments.investment_id"], name="covenant_status_register_investment_id_fkey"),
        sa.UniqueConstraint("investment_id", "covenant", "tested_on", name="covenant_status_register_key"),
    )
    op.create_table(
        "board_monitoring_briefs",
        sa.Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
        sa.Column("fund_id", sa.Integer, nullable=False),
        sa.Column("as_of", sa.Date, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.ForeignKeyConstraint(["fund_id", "as_of"], ["nav_snapshots.fund_id", "nav_snapshots.as_of"], name="board_monitoring_briefs_nav_fkey"),
    )
    op.create_index("board_monitoring_briefs_fund_id_as_of_idx", "board_monitoring_briefs", ["fund_id", "as_of"])
    op.execute("grant select, insert, update on public.covenant_status_register, public.board_monitoring_briefs to meridian_app")


def downgrade():
    op.drop_table("board_monitoring_briefs")
    op.drop_table("covenant_status_register")
