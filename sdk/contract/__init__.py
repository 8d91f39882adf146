"""Contract of server and client: names, versions, types, styles, formats and results."""
