"""Evaluates a graft on a grid; knows no HTTP and no database."""

from graft_eval.arguments import check_names, parse_arguments
from graft_eval.function import Function
from graft_eval.geocontext import GeoContext
from graft_eval.image import Groupby, Image, ImageCollection, Imagery, pick
from graft_eval.interpreter import evaluate, evaluate_argument
from graft_eval.jsontext import load_json
from graft_eval.ops.reductions import reduce_image
from graft_eval.syntax import Graft, parse
from graft_eval.typecheck import coerce

__all__ = [
    "Function",
    "GeoContext",
    "Graft",
    "Groupby",
    "Image",
    "ImageCollection",
    "Imagery",
    "check_names",
    "coerce",
    "evaluate",
    "evaluate_argument",
    "load_json",
    "parse",
    "parse_arguments",
    "pick",
    "reduce_image",
]
