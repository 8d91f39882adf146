"""What server and client agree on: names, versions, types, styles, formats and results."""
