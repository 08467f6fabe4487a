"""What an employer does by itself: post, answer, renew, see who agreed to be shown (用人单位自助)."""
