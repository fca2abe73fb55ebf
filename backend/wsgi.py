"""What a WSGI server and the `flask` command import: the application, and where LAB=on the Lab."""

import lab  # the Lab
from roundtrip import create_app

app = create_app()
lab.mount(app)  # the Lab
