"""`make profile`: asks the application one question many times under a profiler, and saves what the profiler makes."""
