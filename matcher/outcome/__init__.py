"""What came of a push, and what is owed to a person next: pure rules (结果与回访)."""
