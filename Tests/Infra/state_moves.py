"""Plays what infra/terraform/README.md says of states, its very lines, with the real Terraform and a local
S3: into the bucket, a second engineer, a lock, an old version restored, and out again. The folders hold
stand-ins for what they make on AWS. Usage:

    programs=$(scripts/venv.sh state)
    "$programs/python" Tests/Infra/state_moves.py
"""

import json
import logging
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from moto.server import ThreadedMotoServer

README = Path(__file__).resolve().parents[2] / "infra/terraform/README.md"
BUCKET = "counter-service-state-123456789012"
STAND_IN = """
terraform {
  %s
}
variable "note" {
  default = "one"
}
resource "terraform_data" "made" {
  input = var.note
}
output "bucket" {
  value = "counter-service-state-123456789012"
}
output "backend" {
  value = <<-EOT
    bucket         = "counter-service-state-123456789012"
    region         = "eu-west-2"
    kms_key_id     = "%s"
    encrypt        = true
    use_lockfile   = true
    use_path_style = true
  EOT
}
"""


class Play:
    def __init__(self, folder: Path, port: int) -> None:
        self.folder = folder
        self.environment = os.environ | {
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}",
            "AWS_ACCESS_KEY_ID": "local",
            "AWS_SECRET_ACCESS_KEY": "local",
            "AWS_REGION": "eu-west-2",
            "AWS_DEFAULT_REGION": "eu-west-2",
            "CHECKPOINT_DISABLE": "1",
            "TF_CLI_CONFIG_FILE": "/dev/null",
            "TF_CLI_ARGS": "-no-color",
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        }

    def run(self, lines: str, *, fails: bool = False, quiet: bool = False) -> str:
        """The output of shell lines, each question answered yes; they must succeed, or with `fails` not."""
        ran = subprocess.run(
            ["bash", "-euc", lines],
            cwd=self.folder,
            env=self.environment,
            input="yes\n" * 9,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        if not quiet:
            print(f"$ {lines.strip()}\n{ran.stdout.strip()}\n", flush=True)
        assert (ran.returncode != 0) == fails, f"status {ran.returncode}:\n{lines}\n{ran.stdout}"
        return ran.stdout

    def write(self, path: str, text: str) -> None:
        (self.folder / path).parent.mkdir(parents=True, exist_ok=True)
        (self.folder / path).write_text(text)


def document(pattern: str) -> str:
    """The fenced lines, or the code span, of the document that the pattern occurs in."""
    text = README.read_text()
    found = [fence for fence in re.findall(r"^ *```sh\n(.*?)^ *```", text, re.M | re.S) if pattern in fence]
    found = found or [span for span in re.findall(r"`([^`\n]+)`", text) if pattern in span]
    assert found, f"README.md has nothing with {pattern}"
    return re.sub(r"^  (?=\S)", "", found[0], flags=re.M) if found[0].startswith("  ") else found[0]


def into_the_bucket(play: Play) -> None:
    play.run("terraform -chdir=infra/terraform/bootstrap init", quiet=True)
    play.run("terraform -chdir=infra/terraform/bootstrap apply -auto-approve", quiet=True)
    play.run(
        "terraform -chdir=infra/terraform/bootstrap output -raw backend > infra/terraform/prod/backend.hcl"
    )
    play.run(document("cp infra/terraform/prod/backend.hcl"))
    assert not (play.folder / "infra/terraform/bootstrap/terraform.tfstate").exists()
    said = play.run(f"aws s3api head-object --bucket {BUCKET} --key bootstrap/terraform.tfstate")
    assert json.loads(said)["ServerSideEncryption"] == "aws:kms", said


def a_second_engineer(play: Play) -> None:
    play.run(document("bucket       = "))
    play.run("echo 'use_path_style = true' >> infra/terraform/prod/backend.hcl", quiet=True)
    play.run("terraform -chdir=infra/terraform/prod init -backend-config=backend.hcl")
    for note in ("one", "two"):
        play.run(f"terraform -chdir=infra/terraform/prod apply -auto-approve -var note={note}", quiet=True)


def a_lock_left_behind(play: Play) -> None:
    key = "prod/terraform.tfstate.tflock"
    lock = {
        "ID": "11111111-2222-3333-4444-555555555555",
        "Operation": "OperationTypeApply",
        "Who": "a killed run",
    }
    play.write("lock", json.dumps(lock))
    play.run(f"aws s3api put-object --bucket {BUCKET} --key {key} --body lock", quiet=True)
    said = play.run("terraform -chdir=infra/terraform/prod plan", fails=True)
    assert "Error acquiring the state lock" in said and lock["ID"] in said, said
    play.run(document("force-unlock").replace("ID", lock["ID"]))
    play.run("terraform -chdir=infra/terraform/prod plan -var note=two", quiet=True)


def an_old_version(play: Play) -> None:
    query = "Versions[?Key=='prod/terraform.tfstate'] | [1].VersionId"
    listing = f'aws s3api list-object-versions --bucket {BUCKET} --query "{query}" --output text'
    version = play.run(listing, quiet=True).strip()
    play.run(document("state push -force").replace("--version-id ID", f"--version-id {version}"))
    said = play.run("terraform -chdir=infra/terraform/prod state show terraform_data.made")
    assert re.search(r'input += "one"', said), said


def out_of_the_bucket(play: Play) -> None:
    play.run(document("rm infra/terraform/bootstrap/backend.tf"))
    play.run(document("bootstrap init -migrate-state"))
    assert (play.folder / "infra/terraform/bootstrap/terraform.tfstate").exists()
    said = play.run("terraform -chdir=infra/terraform/bootstrap state list")
    assert said.strip() == "terraform_data.made", said


def to_nothing(play: Play) -> None:
    play.run(document("[Versions, DeleteMarkers]"))
    said = play.run(f"aws s3api list-object-versions --bucket {BUCKET} --query '[Versions, DeleteMarkers][]'")
    assert not any(json.loads(said)), said


def prepare(play: Play) -> None:
    """What bootstrap makes on AWS."""
    key = play.run("aws kms create-key --query KeyMetadata.Arn --output text", quiet=True).strip()
    play.run(
        f"aws kms create-alias --alias-name alias/counter-service-state --target-key-id {key}", quiet=True
    )
    location = "--create-bucket-configuration LocationConstraint=eu-west-2"
    play.run(f"aws s3api create-bucket --bucket {BUCKET} {location}", quiet=True)
    play.run(
        f"aws s3api put-bucket-versioning --bucket {BUCKET} --versioning-configuration Status=Enabled",
        quiet=True,
    )
    play.write("infra/terraform/bootstrap/main.tf", STAND_IN % ("", key))
    backend = 'backend "s3" {\n    key = "prod/terraform.tfstate"\n  }'
    play.write("infra/terraform/prod/main.tf", STAND_IN % (backend, key))


def main() -> None:
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    try:
        with tempfile.TemporaryDirectory() as folder:
            play = Play(Path(folder), server.get_host_and_port()[1])
            prepare(play)
            into_the_bucket(play)
            a_second_engineer(play)
            a_lock_left_behind(play)
            an_old_version(play)
            out_of_the_bucket(play)
            to_nothing(play)
    finally:
        server.stop()
    print("every move of the document was made")


if __name__ == "__main__":
    main()
