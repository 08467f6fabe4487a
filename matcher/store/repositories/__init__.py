"""One module per kind of record; a repository takes a session and never commits."""
