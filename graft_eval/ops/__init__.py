"""Evaluators of the operations, in files named as those of the SDK or after what they work on; importing binds them."""

from importlib import import_module
from pkgutil import iter_modules

from graft_eval.ops.registry import evaluator_of

__all__ = ["evaluator_of"]

for _module in iter_modules(__path__):
    import_module(f"{__name__}.{_module.name}")
