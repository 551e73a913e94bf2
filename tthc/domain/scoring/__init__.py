"""Criterion scores: a score is a rule over figures, in decimals, rounded once at the end."""
