"""OpenAPI: the definition of the HTTP interface, made from its routes and a table of what each takes and answers."""

from tileserver.openapi.document import Definition, definition_of, endpoint_name
from tileserver.openapi.table import DESCRIBED

__all__ = ["DESCRIBED", "Definition", "definition_of", "endpoint_name"]
