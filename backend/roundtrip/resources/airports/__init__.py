"""The airports of the flights."""
