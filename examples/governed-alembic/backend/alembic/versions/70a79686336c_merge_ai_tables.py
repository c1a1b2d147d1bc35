"""Merges the branch of the covenants with the line of the numbers."""

revision = "70a79686336c"
down_revision = ("0023_cash_impact_and_risk", "4be1d07c55a9")
branch_labels = None
depends_on = None


def upgrade():
    pass


def downgrade():
    pass
