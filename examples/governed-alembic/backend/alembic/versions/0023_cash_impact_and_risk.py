"""Flags on cash, and the register of risks."""
import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0023_cash_impact_and_risk"
down_revision = "0022_first_day_of_report_packs"
branch_labels = None
depends_on = None

# Made by 0020.
flag_severity = postgresql.ENUM(name="flag_severity", create_type=False)


def upgrade():
    op.create_table(
        "cash_impact_flags",
        sa.Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
        sa.Column("investment_id", sa.BigInteger, nullable=False),
        sa.Column("severity", flag_severity, nullable=False, server_default="info"),
        sa.Column("impact_cents", sa.BigInteger, nullable=False),
        sa.ForeignKeyConstraint(["investment_id"], ["active_investments.investment_id"], name="cash_impact_flags_investment_id_fkey"),
    )
    op.create_index("cash_impact_flags_investment_id_idx", "cash_impact_flags", ["investment_id"])
    op.create_table(
        "investment_risk_registry",
        sa.Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
        sa.Column("investment_id", sa.BigInteger, nullable=False),
        sa.Column("risk", sa.Text, nullable=False),
        sa.Column("severity", flag_severity, nullable=False),
        sa.Column("owner_id", sa.Integer),
        sa.ForeignKeyConstraint(["investment_id"], ["active_investments.investment_id"], name="investment_risk_registry_investment_id_fkey"),
        sa.ForeignKeyConstraint(["owner_id"], ["users.id"], name="investment_risk_registry_owner_id_fkey"),
    )
    op.create_index("investment_risk_registry_investment_id_idx", "investment_risk_registry", ["investment_id"])
    op.create_index("investment_risk_registry_owner_id_idx", "investment_risk_registry", ["owner_id"])
    op.execute("grant select, insert, update on public.cash_impact_flags, public.investment_risk_registry to meridian_app")


def downgrade():
    op.drop_table("investment_risk_registry")
    op.drop_table("cash_impact_flags")
