"""Every investment gets a currency: its fund's where it has none. Those that are held become active investments.

Sensitive: reports add amounts up by currency, so a row too many or too few is a wrong number in front of the board.
"""
from alembic import op

revision = "0021_currency_of_investments"
down_revision = "0020_active_investments"
branch_labels = None
depends_on = None


def upgrade():
    op.execute(
        """
        update public.investments i set currency = f.base_currency
        from public.funds f
        where f.id = i.fund_id and i.currency is null
        """
    )
    op.execute(
        """
        insert into public.active_investments (investment_id, currency, committed_cents)
        select i.id, i.currency, i.committed_cents from public.investments i where i.exited_on is null order by i.id
        """
    )
    op.alter_column("active_investments", "currency", nullable=False)


def downgrade():
    op.alter_column("active_investments", "currency", nullable=True)
    op.execute("delete from public.active_investments")
