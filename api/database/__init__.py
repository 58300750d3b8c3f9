"""The safe database engine: one connection that writes, one that reads, and the tables brought up to date."""

from api.database.lifecycle import MigrationsPending, database, migrate_database, pending_migrations
from api.database.read import one_moment, read_connection, read_rows
from api.database.worker_role import WorkerAlreadyRunning, worker_role

__all__ = [
    "MigrationsPending",
    "WorkerAlreadyRunning",
    "database",
    "migrate_database",
    "one_moment",
    "pending_migrations",
    "read_connection",
    "read_rows",
    "worker_role",
]
