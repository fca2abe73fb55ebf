"""The experiments, one file each; ../README.md says how to add one."""
