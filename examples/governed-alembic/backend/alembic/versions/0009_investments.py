"""What the funds have invested in."""
import sqlalchemy as sa
from alembic import op

revision = "0009_investments"
down_revision = "0001_funds_and_users"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "investments",
        # Made before identity columns came into use here: its sequence belongs to the column, and must go on doing so.
        sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=True),
        sa.Column("fund_id", sa.Integer, nullable=False),
        sa.Column("company", sa.Text, nullable=False),
        sa.Column("currency", sa.CHAR(3)),
        sa.Column("committed_cents", sa.BigInteger, nullable=False),
        sa.Column("invested_on", sa.Date, nullable=False),
        sa.Column("exited_on", sa.Date),
        sa.ForeignKeyConstraint(["fund_id"], ["funds.id"], name="investments_fund_id_fkey"),
        sa.CheckConstraint("committed_cents > 0", name="investments_committed_check"),
        sa.CheckConstraint("exited_on is null or exited_on >= invested_on", name="investments_dates_check"),
    )
    op.create_index("investments_fund_id_idx", "investments", ["fund_id"])
    op.execute("grant select, insert, update on public.investments to meridian_app")
    op.execute("grant usage on sequence public.investments_id_seq to meridian_app")


def downgrade():
    op.drop_table("investments")
