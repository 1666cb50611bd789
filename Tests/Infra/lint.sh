#!/usr/bin/env bash
# checkov over the Terraform folders. What is waived is waived in place, with a reason. Modules are not
# downloaded: what they make is for Terraform's tests, and for Trivy in the pipeline.
# Usage: Tests/Infra/lint.sh [FOLDER]
set -euo pipefail
cd "$(dirname "$0")/../.."

checkov=$(scripts/venv.sh checkov)
folder=${1:-infra/terraform}
report=$(mktemp)
trap 'rm -f "$report"' EXIT

# A file that checkov can't read is one in which it finds nothing: that must not pass.
"$checkov/checkov" --compact --skip-download --framework terraform --directory "$folder" \
    --output json >"$report" 2>/dev/null || true
python3 - "$report" <<'PYTHON'
import json
import sys

report = json.load(open(sys.argv[1]))
results, summary = report["results"], report["summary"]
for check in results["failed_checks"]:
    print(f"{check['file_path']}:{check['file_line_range'][0]}: {check['check_id']} {check['check_name']}")
for path in results["parsing_errors"]:
    print(f"{path}: can't be read")
if not summary["passed"]:
    print("checkov found nothing to check")
sys.exit(bool(summary["failed"] or results["parsing_errors"] or not summary["passed"]))
PYTHON
