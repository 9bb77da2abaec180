"""Measurements of the matcher and the reader beside their peers; nothing of the product imports them."""
