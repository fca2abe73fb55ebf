"""Stores in servers that several processes share, and their circuit breaker. A first reader can skip this folder."""
