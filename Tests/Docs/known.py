"""Code spans that look like a path, a variable or a flag and are none of the project's, each kind with its
reason. A name belongs here only when it is somebody else's; one of ours must exist."""

import re

# Patterns that a whole span matches.
NOT_PATHS = {
    r"(application|text|image)/[\w.+-]+": "media types",
    r"(deploy|deployment|svc|service|pod|node|sa|pvc)/[\w<>.-]+": "kubectl's names of objects",
    r"[\w.-]+\.(amazonaws|aws|k8s|kubernetes|sh|io|com|dev)(\.\w+)*/[\w./<>*-]+": "labels and addresses",
    r"(actions|docker|aws-actions|azure|helm|step-security|github)/[\w./-]+": "actions of others",
    r"(aquasecurity|sigstore|hashicorp|swift|library)/[\w./-]+": "actions and images of others",
    r"(terraform-aws-modules|owner)/[\w./-]+": "modules and repositories of others",
    r"/.*": "routes of the service and absolute paths in a container or of a system",
    r"\d+/\d+": "fractions",
    r"(GET|HEAD|POST|OPTIONS|HTTP)/?.*": "requests",
    r"[Rr]ead/[Ww]rite|and/or|yes/no|true/false": "alternatives",
    r".*://.*": "addresses",
    r"origin/.*|refs/.*": "git references",
}
# Variables of other programs, which we do not read or set.
OTHERS_VARIABLES = {
    "AWS_PROFILE",
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "KUBECONFIG",
    "PATH",
    "HOME",
    "PWD",
    "USER",
    "TMPDIR",
}
# Names in capitals that are no variables: C and system names.
NOT_VARIABLES = {
    r"(SO|TCP|AF|O|LOCK|E[VN]|MAP|SYS|CAP|EVENT|EVHTTP|RLIMIT|SIG|RWF|RENAME|MSG|IPPROTO)_[A-Z0-9_]+",
    r"CKV[0-9A-Z_]+",
    r"[A-Z]+_?[0-9]+",
}


def is_no_path(span: str) -> bool:
    return any(re.fullmatch(pattern, span) for pattern in NOT_PATHS)


def is_no_variable(name: str) -> bool:
    return name in OTHERS_VARIABLES or any(re.fullmatch(pattern, name) for pattern in NOT_VARIABLES)
