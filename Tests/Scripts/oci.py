"""Makes a small OCI image archive as `docker buildx build --output type=oci` does with provenance: an index
with the image for one platform and, beside it, an attestation manifest."""

import hashlib
import io
import json
import tarfile
from pathlib import Path

OCI = "application/vnd.oci.image"


class Layout:
    def __init__(self) -> None:
        self.blobs: dict[str, bytes] = {}

    def add(self, content: bytes, media_type: str, **more: object) -> dict:
        digest = hashlib.sha256(content).hexdigest()
        self.blobs[digest] = content
        return {"mediaType": media_type, "digest": f"sha256:{digest}", "size": len(content), **more}

    def add_json(self, content: dict, media_type: str, **more: object) -> dict:
        return self.add(json.dumps(content).encode(), media_type, **more)

    def manifest(self, config: dict, layer: dict, **more: object) -> dict:
        media_type = f"{OCI}.manifest.v1+json"
        content = {
            "schemaVersion": 2,
            "mediaType": media_type,
            "config": self.add_json(config, f"{OCI}.config.v1+json"),
            "layers": [layer],
        }
        return self.add_json(content, media_type, **more)

    def write(self, archive: Path, top: dict) -> None:
        files = {
            "oci-layout": b'{"imageLayoutVersion":"1.0.0"}',
            "index.json": json.dumps({"schemaVersion": 2, "manifests": [top]}).encode(),
            **{f"blobs/sha256/{digest}": content for digest, content in self.blobs.items()},
        }
        with tarfile.open(archive, "w") as tar:
            for name, content in files.items():
                tar.addfile(tar_entry(name, content), io.BytesIO(content))


def tar_entry(name: str, content: bytes) -> tarfile.TarInfo:
    entry = tarfile.TarInfo(name)
    entry.size = len(content)
    return entry


def make_archive(archive: Path, text: str) -> str:
    """Writes an image that holds one file with this text; returns the digest of its index."""
    layout = Layout()
    layer = io.BytesIO()
    with tarfile.open(fileobj=layer, mode="w") as tar:
        tar.addfile(tar_entry("greeting", text.encode()), io.BytesIO(text.encode()))
    files = layer.getvalue()
    config = {
        "architecture": "amd64",
        "os": "linux",
        "config": {},
        "rootfs": {"type": "layers", "diff_ids": [f"sha256:{hashlib.sha256(files).hexdigest()}"]},
    }
    image = layout.manifest(
        config, layout.add(files, f"{OCI}.layer.v1.tar"), platform={"architecture": "amd64", "os": "linux"}
    )
    statement = layout.add(
        b'{"predicateType":"https://slsa.dev/provenance/v1"}', "application/vnd.in-toto+json"
    )
    unknown = {"architecture": "unknown", "os": "unknown"}
    attestation = layout.manifest(
        {**unknown, "rootfs": {"type": "layers", "diff_ids": [statement["digest"]]}},
        statement,
        platform=unknown,
        annotations={
            "vnd.docker.reference.digest": image["digest"],
            "vnd.docker.reference.type": "attestation-manifest",
        },
    )
    media_type = f"{OCI}.index.v1+json"
    content = {"schemaVersion": 2, "mediaType": media_type, "manifests": [image, attestation]}
    index = layout.add_json(content, media_type)
    layout.write(archive, index)
    return index["digest"]
