mock_provider "aws" {
  mock_data "aws_caller_identity" {
    defaults = {
      account_id = "123456789012"
    }
  }
  mock_data "aws_iam_policy_document" {
    defaults = {
      json = "{}"
    }
  }
}

variables {
  account_id = "123456789012"
}

run "the_state_is_versioned_encrypted_and_private" {
  command = plan

  assert {
    condition     = aws_s3_bucket.state.bucket == "counter-service-state-123456789012"
    error_message = "the bucket is named ${aws_s3_bucket.state.bucket}"
  }
  assert {
    condition     = aws_s3_bucket_versioning.state.versioning_configuration[0].status == "Enabled"
    error_message = "the bucket is not versioned"
  }
  assert {
    condition = alltrue([
      aws_s3_bucket_public_access_block.state.block_public_acls,
      aws_s3_bucket_public_access_block.state.block_public_policy,
      aws_s3_bucket_public_access_block.state.ignore_public_acls,
      aws_s3_bucket_public_access_block.state.restrict_public_buckets,
    ])
    error_message = "public access is not blocked"
  }
  assert {
    condition     = aws_kms_key.state.enable_key_rotation
    error_message = "the key is not rotated"
  }
  assert {
    condition = one([
      for rule in aws_s3_bucket_server_side_encryption_configuration.state.rule :
      one(rule.apply_server_side_encryption_by_default).sse_algorithm
    ]) == "aws:kms"
    error_message = "the state is not encrypted with KMS"
  }
}

run "only_tls_is_allowed" {
  command = plan

  assert {
    condition = anytrue([
      for statement in data.aws_iam_policy_document.tls_only.statement :
      statement.effect == "Deny" && one(statement.condition).variable == "aws:SecureTransport"
    ])
    error_message = "the policy does not refuse plain HTTP"
  }
}

run "an_account_is_twelve_digits" {
  command = plan
  variables {
    account_id = "1234"
  }
  expect_failures = [var.account_id]
}

run "a_bucket_name_is_checked" {
  command = plan
  variables {
    bucket = "Not_A_Bucket"
  }
  expect_failures = [var.bucket]
}

run "versions_are_kept_for_a_month_at_least" {
  command = plan
  variables {
    keep_versions_days = 7
  }
  expect_failures = [var.keep_versions_days]
}
