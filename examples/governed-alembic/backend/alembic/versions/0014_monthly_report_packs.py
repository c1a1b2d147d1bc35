"""The monthly packs that the board reads."""
import sqlalchemy as sa
from alembic import op

revision = "0014_monthly_report_packs"
down_revision = "0009_investments"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "monthly_report_packs",
        sa.Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
        sa.Column("fund_id", sa.Integer, nullable=False),
        # '2026-05', as the first version of the application wrote it.
        sa.Column("month", sa.Text, nullable=False),
        sa.Column("prepared_by", sa.Integer),
        sa.Column("published", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.ForeignKeyConstraint(["fund_id"], ["funds.id"], name="monthly_report_packs_fund_id_fkey"),
        sa.ForeignKeyConstraint(["prepared_by"], ["users.id"], name="monthly_report_packs_prepared_by_fkey", ondelete="SET NULL"),
        sa.UniqueConstraint("fund_id", "month", name="monthly_report_packs_fund_id_month_key"),
        sa.CheckConstraint("month ~ '^[0-9]{4}-[0-9]{2}$'", name="monthly_report_packs_month_check"),
    )
    op.create_index("monthly_report_packs_prepared_by_idx", "monthly_report_packs", ["prepared_by"])
    op.execute("grant select, insert, update on public.monthly_report_packs to meridian_app")


def downgrade():
    op.drop_table("monthly_report_packs")
