"""What the head of an office looks at: figures, each with the rows it counts (概览)."""
