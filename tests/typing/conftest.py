"""`programs.py` is for type checkers alone: some of its lines are wrong on purpose."""

collect_ignore = ["programs.py"]
