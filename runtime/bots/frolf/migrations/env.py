"""Alembic runs this file; the connection comes from ``upgrade``.

For writing a step: ``alembic.command.revision(config, autogenerate=True)`` on such a config.
"""

from alembic import context

from runtime.bots.frolf.tables import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    version_table="frolf_version",
)
context.run_migrations()
