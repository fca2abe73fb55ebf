"""How gunicorn serves the application: one process of threads, connections kept alive. PORT chooses the port."""

import os

wsgi_app = "wsgi:app"
bind = f"{os.environ.get('HOST', '127.0.0.1')}:{os.environ.get('PORT', '8000')}"
worker_class = "gthread"
workers = 1  # the default response cache is in this process; more processes need a shared one
threads = int(os.environ.get("THREADS", "8"))
keepalive = 30
timeout = 60
graceful_timeout = 10
limit_request_line = 8190
control_socket_disable = True
