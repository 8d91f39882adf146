"""Evaluates a graft on a grid; knows no HTTP and no database."""

from graft_eval.evaluation.interpreter import evaluate, evaluate_argument
from graft_eval.graft.arguments import check_names, parse_arguments
from graft_eval.graft.jsontext import load_json
from graft_eval.graft.syntax import Graft, parse
from graft_eval.ops.reductions import reduce_image
from graft_eval.values.expected import coerce
from graft_eval.values.function import Function
from graft_eval.values.geocontext import GeoContext
from graft_eval.values.image import Groupby, Image, ImageCollection, Imagery, pick

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
