"""Reports: the delays of a set of flights."""
