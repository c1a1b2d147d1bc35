"""What production began with, before it had migrations."""
revision = "0001"
down_revision = None


def upgrade():
    pass
