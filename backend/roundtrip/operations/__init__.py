"""What running this in production takes. Each file is one thing of it; installation.py puts them together.

No wait is longer than that of whoever waits for it, so that the innermost gives up first and says why. In seconds:

    0.05  Redis or Memcached, for an answer (techniques/shared_backend.py)
    0.3   a connection to the database to come free (DATABASE_POOL_WAIT)
    0.4   a place at a replica, in the balancer's queue (haproxy.cfg)
    0.5   the rate limiter's store; no request waits for it (rate_limit.py)
    0.65  one SQL statement (DATABASE_READ_WAIT); a request runs one, so that it is answered within a second
    0.8   all checks of /readyz together (health.py)
    5     a batch, until each part of it is told (techniques/batch.py)
    5     a process that was killed while it built an answer, to others who need the same one (response_cache.py)
    6     a process that builds it, to the others, whatever is the matter
    7     a thread that builds it, to others of its process
    8     the balancer for the next piece of an answer, before it asks another process
    10    requests under way to be answered, when a process is told to stop (graceful_timeout in gunicorn.conf.py)
    10    a client that stalls in the middle of a request or an answer (gunicorn.conf.py)
    20    a process that gives no sign of life (timeout in gunicorn.conf.py)
    28    the balancer in all: three tries of 9 seconds each, the connection included, and its queue (haproxy.cfg)
    29    the cache at the edge for an answer of the balancer (first_byte_timeout in varnish.vcl)
    30    whoever stops the container, before it kills it (stop_grace_period in docker-compose.yml)
    32    the edge for an answer (proxy_read_timeout in proxy.conf)

Nor is more read of a request than any of ours has: a line and headers of 8,190 bytes each, 50 headers, and a batch of
64 KiB (gunicorn.conf.py, techniques/batch.py).
"""
