# The bucket, planned for a mocked AWS: what may not be destroyed can't be applied in a test, which cleans up after itself.
# What is known only after an apply is looked at in Tests/Infra.

mock_provider "aws" {
  mock_data "aws_caller_identity" {
    defaults = {
      account_id = "123456789012"
    }
  }
  mock_data "aws_iam_policy_document" {
    defaults = {
      json = "{\"Version\":\"2012-10-17\",\"Statement\":[]}"
    }
  }
}

variables {
  account_id = "123456789012"
}

run "the_state_is_versioned_encrypted_and_private" {
  command = plan
  assert {
    condition     = output.bucket == "counter-service-state-123456789012"
    error_message = "the bucket is named ${output.bucket}"
  }
  assert {
    condition     = one(aws_s3_bucket_versioning.state.versioning_configuration).status == "Enabled"
    error_message = "versions are ${one(aws_s3_bucket_versioning.state.versioning_configuration).status}"
  }
  assert {
    condition = alltrue([
      aws_s3_bucket_public_access_block.state.block_public_acls,
      aws_s3_bucket_public_access_block.state.block_public_policy,
      aws_s3_bucket_public_access_block.state.ignore_public_acls,
      aws_s3_bucket_public_access_block.state.restrict_public_buckets,
      one(aws_s3_bucket_ownership_controls.state.rule).object_ownership == "BucketOwnerEnforced",
    ])
    error_message = "public access is not blocked in every way"
  }
  assert {
    condition     = aws_kms_key.state.enable_key_rotation && aws_kms_key.state.deletion_window_in_days == 30
    error_message = "the key is not rotated, or gone too soon"
  }
  assert {
    condition = alltrue([
      for rule in aws_s3_bucket_server_side_encryption_configuration.state.rule :
      one(rule.apply_server_side_encryption_by_default).sse_algorithm == "aws:kms"
    ])
    error_message = "the state is not encrypted with KMS"
  }
}

run "only_tls_is_allowed" {
  command = plan
  assert {
    condition = {
      for statement in data.aws_iam_policy_document.tls_only.statement : statement.sid => join(" ", concat(
        [statement.effect], [for condition in statement.condition : "${condition.variable} ${join(" ", condition.values)}"]
      ))
    } == { TLSOnly = "Deny aws:SecureTransport false" }
    error_message = "the policy does not refuse plain HTTP"
  }
  assert {
    condition = one(data.aws_iam_policy_document.tls_only.statement).resources == toset([
      "arn:aws:s3:::counter-service-state-123456789012", "arn:aws:s3:::counter-service-state-123456789012/*"
      ]) && one(data.aws_iam_policy_document.tls_only.statement).actions == toset(["s3:*"]) && alltrue([
      for principal in one(data.aws_iam_policy_document.tls_only.statement).principals : principal.identifiers == toset(["*"])
    ])
    error_message = "plain HTTP is refused for some only"
  }
}

run "old_versions_go_after_a_while_but_for_the_newest_ten" {
  command = plan
  variables {
    keep_versions_days = 45
  }
  assert {
    condition = one([
      for rule in aws_s3_bucket_lifecycle_configuration.state.rule : one(rule.noncurrent_version_expiration)
      if rule.status == "Enabled"
    ]).noncurrent_days == 45
    error_message = "old versions don't go after keep_versions_days"
  }
  assert {
    condition = one([
      for rule in aws_s3_bucket_lifecycle_configuration.state.rule : one(rule.noncurrent_version_expiration)
    ]).newer_noncurrent_versions == 10
    error_message = "the newest ten are not kept"
  }
}

run "a_bucket_of_another_name_is_taken" {
  command = plan
  variables {
    bucket = "our-states"
  }
  assert {
    condition     = aws_s3_bucket.state.bucket == "our-states"
    error_message = "the bucket is named ${aws_s3_bucket.state.bucket}"
  }
}

run "settings_that_make_no_sense_are_refused" {
  command = plan
  variables {
    account_id         = "1234"
    region             = "London"
    bucket             = "Not_A_Bucket"
    keep_versions_days = 29
  }
  expect_failures = [var.account_id, var.region, var.bucket, var.keep_versions_days]
}
