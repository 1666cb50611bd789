"""Disks with no room left: a tiny file system where one can be mounted, a limit on file sizes anywhere."""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path

from .program import Server


class TinyDisk:
    """A file system in memory with room for very little; only root can mount it."""

    _SIZE = 64 * 1024

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._ballast = folder / "ballast"

    def __enter__(self) -> TinyDisk:
        options = f"size={self._SIZE},mode=0755"
        subprocess.run(
            ["mount", "-t", "tmpfs", "-o", options, "tiny", str(self.folder)], check=True, capture_output=True
        )
        return self

    def __exit__(self, *_: object) -> None:
        subprocess.run(["umount", "--lazy", str(self.folder)], check=True)

    def fill(self, _server: Server) -> None:
        with self._ballast.open("wb", buffering=0) as output:
            try:
                while output.write(bytes(4096)):
                    pass
            except OSError:
                pass

    def empty(self, _server: Server) -> None:
        self._ballast.unlink()


class FileSizeLimit:
    """No file of the server may have a byte (setrlimit(2), RLIMIT_FSIZE): the kernel refuses to write."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __enter__(self) -> FileSizeLimit:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def fill(self, server: Server) -> None:
        self._limit(server, "0")

    def empty(self, server: Server) -> None:
        self._limit(server, "unlimited")

    @staticmethod
    def _limit(server: Server, size: str) -> None:
        subprocess.run(["prlimit", "--pid", str(server.pid), f"--fsize={size}:"], check=True)


def kinds() -> dict[str, type[TinyDisk] | type[FileSizeLimit]]:
    """Those that there are here: tries to mount, for a container's root often can't."""
    with tempfile.TemporaryDirectory() as folder:
        try:
            with TinyDisk(Path(folder)):
                return {"tmpfs": TinyDisk, "file size limit": FileSizeLimit}
        except (OSError, subprocess.CalledProcessError):
            return {"file size limit": FileSizeLimit}
