"""Flights: the main resource, to which the others belong."""
