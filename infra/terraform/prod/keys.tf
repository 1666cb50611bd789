# One key each, for each is used by other people and services. Who may use them is decided by IAM in this account, which
# is what a key's default policy says.

resource "aws_kms_key" "cluster" {
  # checkov:skip=CKV2_AWS_64:The default policy, as said above
  description             = "Secrets of the EKS cluster ${var.name}"
  enable_key_rotation     = true
  deletion_window_in_days = 30
}

resource "aws_kms_key" "images" {
  # checkov:skip=CKV2_AWS_64:The default policy, as said above
  description             = "Images of the counter service"
  enable_key_rotation     = true
  deletion_window_in_days = 30
}
