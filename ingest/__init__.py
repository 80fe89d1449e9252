"""Files into documents, cases and articles, and into the library."""
