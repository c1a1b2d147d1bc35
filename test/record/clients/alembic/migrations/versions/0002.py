"""Payments."""
import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade():
    op.create_table(
        "payment",
        sa.Column("id", sa.BigInteger(), primary_key=True),
        sa.Column("invoice_id", sa.BigInteger(), nullable=False),
        sa.Column("paid_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()),
    )
    op.alter_column("invoice", "id", existing_type=sa.Integer(), type_=sa.BigInteger())
    op.add_column("invoice", sa.Column("paid_at", sa.DateTime(timezone=True)))
    op.create_index("invoice_customer", "invoice", ["customer_id"])
    op.execute("update invoice set note = '' where note is null")
    op.alter_column("invoice", "note", existing_type=sa.Text(), nullable=False)
    op.create_foreign_key(
        "invoice_customer_fkey", "invoice", "customer", ["customer_id"], ["id"], postgresql_not_valid=True
    )
    op.execute("alter table invoice validate constraint invoice_customer_fkey")
    op.execute("insert into payment (invoice_id) select id from invoice where id <= 10")
    op.drop_table("legacy")
