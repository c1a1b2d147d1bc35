"""What the analysis works on: investments that are held, and flags on their performance."""
import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0020_active_investments"
down_revision = "0019_nav_snapshots_and_investor_statements"
branch_labels = None
depends_on = None

flag_severity = postgresql.ENUM("info", "watch", "alert", name="flag_severity")


def upgrade():
    op.create_table(
        "active_investments",
        sa.Column("investment_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("currency", sa.CHAR(3)),
        sa.Column("committed_cents", sa.BigInteger, nullable=False),
        sa.Column("refreshed_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()),
        sa.ForeignKeyConstraint(["investment_id"], ["investments.id"], name="active_investments_investment_id_fkey"),
    )
    op.create_table(
        "performance_drift_flags",
        sa.Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
        sa.Column("investment_id", sa.BigInteger, nullable=False),
        sa.Column("severity", flag_severity, nullable=False, server_default="info"),
        sa.Column("drift_bps", sa.Integer, nullable=False),
        sa.Column("raised_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()),
        sa.ForeignKeyConstraint(["investment_id"], ["active_investments.investment_id"], name="performance_drift_flags_investment_id_fkey"),
    )
    op.create_index("performance_drift_flags_investment_id_idx", "performance_drift_flags", ["investment_id"])
    op.execute("grant select, insert, update on public.active_investments, public.performance_drift_flags to meridian_app")


def downgrade():
    op.drop_table("performance_drift_flags")
    op.drop_table("active_investments")
    flag_severity.drop(op.get_bind())
