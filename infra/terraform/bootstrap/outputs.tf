output "bucket" {
  description = "The bucket with the states."
  value       = aws_s3_bucket.state.bucket
}

output "backend" {
  description = "What to put into backend.hcl of prod, and here for the move."
  value       = <<-EOT
    bucket       = "${aws_s3_bucket.state.bucket}"
    region       = "${var.region}"
    kms_key_id   = "${aws_kms_key.state.arn}"
    encrypt      = true
    use_lockfile = true
  EOT
}
