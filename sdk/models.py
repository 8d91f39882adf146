"""What a server keeps, under its published name: `from sdk.models import Job, Workflow`."""

from __future__ import annotations

from sdk.contract.viz_option import VizOption
from sdk.service.exceptions import (
    JobAuth,
    JobCancelled,
    JobComputeError,
    JobDeadlineExceeded,
    JobDestination,
    JobInterrupt,
    JobInvalid,
    JobInvalidTyping,
    JobOOM,
    JobSerialization,
    JobTerminated,
    JobTimeoutError,
)
from sdk.service.job import Job
from sdk.service.logs import XYZLogListener
from sdk.service.readers import AllAuthenticatedUsers, Organization, UserEmail
from sdk.service.versioned_graft import VersionedGraft
from sdk.service.workflow import Workflow
from sdk.service.xyz import XYZ

__all__ = [
    "XYZ", "AllAuthenticatedUsers", "Job", "JobAuth", "JobCancelled", "JobComputeError", "JobDeadlineExceeded",
    "JobDestination", "JobInterrupt", "JobInvalid", "JobInvalidTyping", "JobOOM", "JobSerialization", "JobTerminated",
    "JobTimeoutError", "Organization", "UserEmail", "VersionedGraft", "VizOption", "Workflow", "XYZLogListener",
]  # fmt: skip
