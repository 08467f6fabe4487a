"""embedded → index → candidates: columns, lexical and vector index, fusion, snapshot."""
