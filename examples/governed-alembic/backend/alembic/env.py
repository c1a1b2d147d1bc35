"""Migrates the database that libpq's variables name (PGHOST, PGDATABASE, PGUSER …), as the role that owns the schema."""
from logging.config import fileConfig

from alembic import context
from sqlalchemy import String, create_engine, pool

fileConfig(context.config.config_file_name)

# Whoever waits for a lock makes everybody else wait behind it: five seconds are what an investor's page may take.
engine = create_engine("postgresql+psycopg2://", poolclass=pool.NullPool, connect_args={"options": "-c lock_timeout=5s"})

with engine.connect() as connection:
    # Each revision is committed by itself, so that one that fails leaves the ones before it applied and recorded.
    context.configure(connection=connection, transaction_per_migration=True)
    # Alembic makes version_num varchar(32), and the longest name here has 42 characters: stamping with it would fail.
    context.get_context()._version.c.version_num.type = String(128)
    with context.begin_transaction():
        context.run_migrations()
