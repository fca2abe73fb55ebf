"""The same API as a careful tutorial would write it: ORM entities, marshmallow, jsonify, Flask-Caching.

It is meant to be good code of its kind, on the same database file, with the same indexes and answers:
- one query with joined relationships, never one for each row (`lazy="joined"`, `joinedload`);
- one instance of each schema for the life of the process, not one for each request;
- filters that let the database use its indexes, times that C code parses;
- a pooled engine, and SQLite with the settings that the application gives it;
- Flask-Caching with SimpleCache, the quickest of its backends.
"""
