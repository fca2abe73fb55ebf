"""The benchmark: this application beside bare WSGI, bare Flask and a tutorial's Flask, on the same data.

Run `python -m bench`, or `python -m bench --quick`, in the backend folder.
"""
