"""Vector products: features of a file, kept in the database, and found by place."""

from tileserver.catalog.vectors.files import VectorFileError
from tileserver.catalog.vectors.products import add_vectors, find_features, remove_vectors, vector_records

__all__ = ["VectorFileError", "add_vectors", "find_features", "remove_vectors", "vector_records"]
