"""Pure rules: texts, hours and limits."""
