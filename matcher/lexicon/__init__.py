"""Facts as data files with loaders: words, occupations, aliases, certificates, places; versioned."""

from matcher.lexicon.files import reload, version

__all__ = ["reload", "version"]
