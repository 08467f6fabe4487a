"""What a self-service kiosk asks of the engine: trades, jobs, slips, a phone left, letters' codes (自助机)."""
