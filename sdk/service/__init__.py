"""Client of a server: layers, workflows, logs, and results of computations."""
