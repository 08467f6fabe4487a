"""Answers, outcomes, follow-ups, households (答复, 结果, 回访, 家庭)."""
