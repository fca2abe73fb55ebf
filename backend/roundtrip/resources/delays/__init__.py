"""Reports: how late a set of flights was."""
