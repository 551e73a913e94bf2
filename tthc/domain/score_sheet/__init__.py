"""A score sheet's year: scored by the unit, appraised, explained, approved, published."""
