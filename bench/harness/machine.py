"""The machine that figures come from, and what it must allow."""

import os
import platform
import re
import resource
from pathlib import Path

from .processes import Failed, run


def describe(folder: Path) -> dict[str, str]:
    cpu = re.search(r"model name\s*: (.*)", Path("/proc/cpuinfo").read_text())
    memory = int(re.search(r"MemTotal:\s+(\d+)", Path("/proc/meminfo").read_text())[1])
    return {
        "processor": f"{os.cpu_count()} x {cpu[1] if cpu else platform.machine()}",
        "memory": f"{memory / 1024 / 1024:.0f} GiB",
        "kernel": platform.release(),
        "system": platform.freedesktop_os_release().get("PRETTY_NAME", "Linux"),
        "file system": file_system(folder),
        "load before": f"{os.getloadavg()[0]:.2f}",
    }


def line(folder: Path) -> str:
    return ", ".join(f"{key} {value}" for key, value in describe(folder).items())


def file_system(folder: Path) -> str:
    """As the mount table names it: statfs(2) can't tell ext4 from ext2."""
    return run(["findmnt", "-n", "-o", "FSTYPE", "-T", str(folder)], "findmnt").strip()


def need_disk(folder: Path) -> None:
    """A commit on tmpfs costs nothing: figures from there would say nothing about durable counting."""
    folder.mkdir(parents=True, exist_ok=True)
    if file_system(folder) in ("tmpfs", "ramfs"):
        raise Failed(f"{folder} is in memory, not on a disk: POST would look free there")


def need_descriptors(count: int) -> None:
    """As many open files as the test needs, for us and for all that we start."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft >= count:
        return
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (count, max(hard, count)))
    except (ValueError, PermissionError) as error:
        raise Failed(f"{count} open files are needed and {hard} allowed: ulimit -n {count}") from error


def cores() -> tuple[str, str]:
    """A core for the server and one for the load; the same one where there is only one."""
    allowed = sorted(os.sched_getaffinity(0))
    return str(allowed[0]), str(allowed[1 % len(allowed)])


def all_cores() -> int:
    return len(os.sched_getaffinity(0))
