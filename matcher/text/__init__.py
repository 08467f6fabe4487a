"""text → parsed: normalise, segment, and read postings and worker sentences into domain values."""
