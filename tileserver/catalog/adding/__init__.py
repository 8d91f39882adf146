"""Adding: files, folders and URLs become rows of the catalog, and what cannot is reported with the reason."""

from tileserver.catalog.adding.findings import Failure, FoundCollection, PassedOver, Unchanged
from tileserver.catalog.adding.making import Prepared, Result
from tileserver.catalog.adding.report import AddOptions, AddReport
from tileserver.catalog.adding.run import add, prepare

__all__ = [
    "AddOptions",
    "AddReport",
    "Failure",
    "FoundCollection",
    "PassedOver",
    "Prepared",
    "Result",
    "Unchanged",
    "add",
    "prepare",
]
