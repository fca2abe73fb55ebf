"""The carriers."""
