"""Pure rules on texts: likeness, screening, words for searching, differences."""
