"""Ratios, printed with the machine; nothing here fails a test."""
