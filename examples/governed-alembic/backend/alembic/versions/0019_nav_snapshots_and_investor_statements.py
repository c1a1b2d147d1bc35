"""Net asset values by day, and the statements that investors get."""
import sqlalchemy as sa
from alembic import op

revision = "0019_nav_snapshots_and_investor_statements"
down_revision = "0014_monthly_report_packs"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "nav_snapshots",
        sa.Column("fund_id", sa.Integer, nullable=False),
        sa.Column("as_of", sa.Date, nullable=False),
        sa.Column("nav_cents", sa.BigInteger, nullable=False),
        sa.Column("source", sa.Text, nullable=False, server_default="administrator"),
        sa.PrimaryKeyConstraint("fund_id", "as_of", name="nav_snapshots_pkey"),
        sa.ForeignKeyConstraint(["fund_id"], ["funds.id"], name="nav_snapshots_fund_id_fkey"),
    )
    op.create_index("nav_snapshots_as_of_idx", "nav_snapshots", ["as_of"])
    op.create_table(
        "investor_statements",
        sa.Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
        sa.Column("fund_id", sa.Integer, nullable=False),
        sa.Column("investor", sa.Text, nullable=False),
        sa.Column("as_of", sa.Date, nullable=False),
        sa.Column("balance_cents", sa.BigInteger, nullable=False),
        sa.ForeignKeyConstraint(["fund_id", "as_of"], ["nav_snapshots.fund_id", "nav_snapshots.as_of"], name="investor_statements_nav_fkey"),
    )
    op.create_index("investor_statements_fund_id_as_of_idx", "investor_statements", ["fund_id", "as_of"])
    op.execute("grant select, insert, update on public.nav_snapshots, public.investor_statements to meridian_app")


def downgrade():
    op.drop_table("investor_statements")
    op.drop_table("nav_snapshots")
