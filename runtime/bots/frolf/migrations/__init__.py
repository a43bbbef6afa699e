"""The steps from an empty database to ``tables.py``, taken by whoever opens it first.

All of them run in one transaction on a connection that the caller has locked, so that several
processes may open the database at once and a failed step leaves nothing behind.
"""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection


def upgrade(connection: Connection) -> None:
    """Take the steps that are missing, within the connection's transaction."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
