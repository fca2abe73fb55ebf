"""Operation in production. Each file has one subject; installation.py puts the parts together.

Each wait is shorter than the wait around it, so that the innermost gives up first and reports the reason. The limits in
seconds:

    0.05  wait for an answer of Redis or Memcached (flask_roundtrip/shared/store.py)
    0.3   wait for a free connection to the database (DATABASE_POOL_WAIT)
    0.4   wait for a replica in the balancer's queue (haproxy.cfg)
    0.5   wait for the rate limiter's store, in the background (rate_limit.py)
    0.65  wait for one SQL statement (DATABASE_READ_WAIT); a request runs one, so that it is answered within a second
    0.8   all checks of /readyz together (health.py)
    5     a batch, until each part is answered (flask_roundtrip/batch.py)
    5     wait for an entry that a killed process was building (flask_roundtrip/response_cache.py)
    6     wait for an entry that another process builds
    7     wait for an entry that another thread builds
    8     the balancer's wait for the next piece of an answer, before it asks another process
    10    time for requests under way after a process is told to stop (graceful_timeout in gunicorn.conf.py)
    10    wait for a client that stalls in a request or an answer (gunicorn.conf.py)
    20    wait for a sign of life of a process (timeout in gunicorn.conf.py)
    28    the balancer in all: three tries of 9 seconds each, with the connection, and its queue (haproxy.cfg)
    29    the edge cache's wait for the balancer (first_byte_timeout in varnish.vcl)
    30    time between the container's stop signal and its kill (stop_grace_period in docker-compose.yml)
    32    the edge's wait for an answer (proxy_read_timeout in proxy.conf)

The size of a request is limited too: a line and headers of 8,190 bytes each, 50 headers, and a batch of 64 KiB
(gunicorn.conf.py, flask_roundtrip/batch.py).
"""
