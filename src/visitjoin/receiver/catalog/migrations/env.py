"""Where Alembic's steps run: over the connection that `migrating` has open, in its transaction."""

from alembic import context

context.configure(connection=context.config.attributes["connection"])
with context.begin_transaction():
    context.run_migrations()
