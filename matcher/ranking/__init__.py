"""candidates → eligibility → features → score → explanation: who fits what, and why."""
