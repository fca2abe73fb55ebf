"""What a WSGI server and the `flask` command import: the application."""

from roundtrip import create_app

app = create_app()
