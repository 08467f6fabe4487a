"""Use cases: one file each, one transaction each; what the CLI and the API call."""
