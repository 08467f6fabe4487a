"""One module per field of a posting; each takes folded text and returns Found values with spans in it."""
