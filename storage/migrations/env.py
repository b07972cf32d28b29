"""Alembic's entry: always on the connection, and in the transaction, that it was handed."""

from alembic import context

import storage.engine.access_tables
import storage.engine.cluster_tables
import storage.engine.flag_tables
import storage.engine.incident_tables
import storage.engine.link_tables
import storage.engine.service_tables  # its tables join the same metadata
import storage.engine.story_tables  # noqa: F401  # so do these
from storage.engine.tables import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    transactional_ddl=True,  # SQLite too: the driver is told not to commit by itself
    render_as_batch=False,
)
context.run_migrations()
