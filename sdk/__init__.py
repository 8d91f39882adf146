"""Builds computations from proxy objects and talks to a server: `import sdk as wf`."""
