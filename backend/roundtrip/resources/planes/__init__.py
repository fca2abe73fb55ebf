"""What flew."""
