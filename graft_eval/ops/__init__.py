"""One evaluator an operation, in files named as the files of sdk."""
