"""Flights: the noun that the others serve."""
