# One key each, for each is used by other people and services.

resource "aws_kms_key" "cluster" {
  description             = "Secrets of the EKS cluster ${var.name}"
  enable_key_rotation     = true
  deletion_window_in_days = 30
}

resource "aws_kms_key" "images" {
  description             = "Images of the counter service"
  enable_key_rotation     = true
  deletion_window_in_days = 30
}
