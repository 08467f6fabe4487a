"""Region packs: targets, dates, reach, ages and caps of one county as versioned data (区域包)."""
