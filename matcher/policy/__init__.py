"""What published plans offer to whom, as versioned rules; a hint to look, never a decision (政策提示)."""
