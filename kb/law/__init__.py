"""Rules of the field: numerals, names of laws, citations, authority."""
