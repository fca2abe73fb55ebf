"""The application, for clients that have one second for a request and not twenty."""

from roundtrip import create_app
from roundtrip.operations import connections, event_loop

connections.LONGEST_REQUEST = 1.0
event_loop.LONGEST_STALL = 1.0
app = create_app()
