"""Who may sign in, what they may see, and what is written down of it (账号与权限)."""
