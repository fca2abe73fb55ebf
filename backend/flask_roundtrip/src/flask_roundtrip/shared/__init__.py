"""Servers that several processes share, and what keeps them useful when one fails. A first reader can skip this."""
