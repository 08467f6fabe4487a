"""From a population to a certified draft of pushes (制定推送)."""
