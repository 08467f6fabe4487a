"""Who is sent which posting (分配): exact, certified, and every shortfall named."""
