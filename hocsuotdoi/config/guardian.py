"""Stops the embedded database when nobody uses it any more, even if its users were killed.

Every user holds a shared lock on one file; the system drops the lock of a process that dies, however it dies. This
small process waits for the exclusive lock, which it gets when the last user is gone, and then stops the server. Run as
`python guardian.py USERS_LOCK GUARD_FD PG_CTL PGDATA UID GID`, without Django and in a session of its own.
"""

import fcntl
import os
import subprocess
import sys
from typing import Any


def stop_server(pg_ctl: str, pgdata: str, uid: int, gid: int) -> None:
    """Stops the server in `pgdata` at once but orderly; harmless when it does not run."""
    identity: dict[str, Any] = {"user": uid, "group": gid, "extra_groups": []} if os.geteuid() == 0 else {}
    subprocess.run(
        [pg_ctl, "stop", "-D", pgdata, "-m", "fast", "-w", "-t", "30", "-s"],
        cwd="/",
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=False,
        **identity,
    )


def main(users_lock: str, guard_fd: str, pg_ctl: str, pgdata: str, uid: str, gid: str) -> None:
    users = os.open(users_lock, os.O_RDWR)
    fcntl.flock(users, fcntl.LOCK_EX)
    if os.path.exists(os.path.join(pgdata, "postmaster.pid")):
        stop_server(pg_ctl, pgdata, int(uid), int(gid))
    # The next user waits for `users`; by then this guard must be gone, so that it starts its own.
    os.close(int(guard_fd))
    os.close(users)


if __name__ == "__main__":
    main(*sys.argv[1:])
