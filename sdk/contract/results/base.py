"""The base of result classes, and the table of them."""

from __future__ import annotations

from dataclasses import fields
from typing import Any, ClassVar

__all__ = ["RESULTS", "Result"]

RESULTS: dict[str, type[Result]] = {}  # by tag, filled as the classes are created


class Result:
    """Base of result classes: dataclasses that are sent as an object of their fields under their tag."""

    __slots__ = ()
    tag: ClassVar[str] = ""

    def __init_subclass__(cls) -> None:
        """Enter the class by its tag."""
        if cls.tag:
            RESULTS[cls.tag] = cls

    def fields(self) -> dict[str, Any]:
        """Return the fields by name."""
        return {field.name: getattr(self, field.name) for field in fields(self)}  # type: ignore[arg-type]

    def text(self) -> dict[str, Any]:
        """Return the members of the plain JSON form, by name: the fields, unless a class overrides it."""
        return self.fields()
