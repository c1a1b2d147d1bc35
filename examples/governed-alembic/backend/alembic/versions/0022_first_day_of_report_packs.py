"""Packs get the first day of their month as a date; the text stays until the application no longer reads it.

Sensitive: the board's packs are found by this date from now on.
"""
import sqlalchemy as sa
from alembic import op

revision = "0022_first_day_of_report_packs"
down_revision = "0021_currency_of_investments"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("monthly_report_packs", sa.Column("first_day", sa.Date))
    op.execute("update public.monthly_report_packs set first_day = to_date(month, 'YYYY-MM')")
    # Validated beforehand, so that SET NOT NULL needn't read the table while it is locked.
    op.execute("alter table public.monthly_report_packs add constraint first_day_is_there check (first_day is not null) not valid")
    op.execute("alter table public.monthly_report_packs validate constraint first_day_is_there")
    op.alter_column("monthly_report_packs", "first_day", nullable=False)
    op.drop_constraint("first_day_is_there", "monthly_report_packs")


def downgrade():
    op.drop_column("monthly_report_packs", "first_day")
