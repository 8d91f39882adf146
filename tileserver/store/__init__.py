"""Storage: the database, and the layers, workflows, jobs and users in it."""

from __future__ import annotations

from tileserver.store.database import Base, UtcDateTime, is_away, open_database, writing
from tileserver.store.errors import Expired, JobLimit, JobLost, NotFound, VersionExists, WorkflowLimit
from tileserver.store.job_queue import JobQueue
from tileserver.store.job_records import JobLogRecord, JobRecord
from tileserver.store.jobs import Jobs
from tileserver.store.layers import LayerRecord, SQLStore, Store
from tileserver.store.links import LinkRecord, Links
from tileserver.store.records import Details, PublishedVersion, VersionDraft, VersionRecord, WorkflowRecord
from tileserver.store.scales import LayerScales
from tileserver.store.schema import SchemaError, create_schema
from tileserver.store.sharing import Aliases, Readers
from tileserver.store.users import TokenRecord, UserRecord, Users
from tileserver.store.workflows import Workflows

__all__ = [
    "Aliases", "Base", "Details", "Expired", "JobLimit", "JobLogRecord", "JobLost", "JobQueue", "JobRecord", "Jobs",
    "LayerRecord", "LayerScales", "LinkRecord", "Links", "NotFound", "PublishedVersion", "Readers", "SQLStore",
    "SchemaError", "Store", "TokenRecord", "UserRecord", "Users", "UtcDateTime", "VersionDraft", "VersionExists",
    "VersionRecord", "WorkflowLimit", "WorkflowRecord", "Workflows", "create_schema", "is_away", "open_database",
    "writing",
]  # fmt: skip
