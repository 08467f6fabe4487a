"""Facts as data files with loaders: words, occupations, aliases, certificates, places; versioned."""
