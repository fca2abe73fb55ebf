"""One file each: a way to save time between a question and its answer. None knows a resource."""
