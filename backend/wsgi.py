"""The module for a WSGI server and the `flask` command: the application, and with LAB=on the Lab."""

import lab  # the Lab
from roundtrip import create_app

app = create_app()
lab.mount(app)  # the Lab
