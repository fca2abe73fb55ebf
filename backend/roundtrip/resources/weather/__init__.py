"""The weather at the three airports, hour by hour."""
