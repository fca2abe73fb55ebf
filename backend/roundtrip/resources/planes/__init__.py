"""The planes of the flights."""
