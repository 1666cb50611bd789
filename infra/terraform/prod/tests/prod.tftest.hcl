mock_provider "aws" {
  mock_data "aws_availability_zones" {
    defaults = {
      names = ["eu-west-2a", "eu-west-2b", "eu-west-2c"]
    }
  }
  mock_data "aws_iam_policy_document" {
    defaults = {
      json = "{\"Version\":\"2012-10-17\",\"Statement\":[]}"
    }
  }
  mock_data "aws_eks_cluster" {
    defaults = {
      upgrade_policy = [{ support_type = "STANDARD" }]
    }
  }
  mock_data "aws_partition" {
    defaults = {
      partition  = "aws"
      dns_suffix = "amazonaws.com"
    }
  }
}

mock_provider "kubernetes" {}
mock_provider "time" {}
mock_provider "tls" {}
mock_provider "cloudinit" {}
mock_provider "null" {}

variables {
  account_id      = "123456789012"
  github_subjects = ["repo:org/repo:environment:prod"]
}

run "extended_support_is_never_paid_for" {
  command = plan
  assert {
    condition     = local.upgrade_policy.support_type == "STANDARD"
    error_message = "the upgrade policy is ${local.upgrade_policy.support_type}"
  }
}

run "extended_support_that_someone_set_is_reported" {
  command = plan
  override_data {
    target = data.aws_eks_cluster.actual
    values = {
      upgrade_policy = [{ support_type = "EXTENDED" }]
    }
  }
  expect_failures = [check.upgrade_policy]
}

run "there_are_three_zones_with_private_nodes" {
  command = plan
  assert {
    condition     = length(distinct(module.vpc.azs)) == 3 && length(local.zones) == 3
    error_message = "zones: ${join(", ", local.zones)}"
  }
}

run "nodes_give_tokens_only_and_to_themselves" {
  command = plan
  assert {
    condition     = local.metadata_options.http_tokens == "required" && local.metadata_options.http_put_response_hop_limit == 1
    error_message = "pods could reach the nodes' credentials"
  }
}

run "the_network_is_there_before_the_nodes" {
  command = plan
  assert {
    condition = alltrue([
      for name in ["vpc-cni", "eks-pod-identity-agent"] : try(local.addons[name].before_compute, false)
    ])
    error_message = "the nodes would wait for the network, and it for them"
  }
  assert {
    condition = toset(keys(local.addons)) == toset([
      "vpc-cni", "eks-pod-identity-agent", "kube-proxy", "coredns", "aws-ebs-csi-driver"
    ])
    error_message = "add-ons: ${join(", ", keys(local.addons))}"
  }
}

run "the_pipeline_is_trusted_for_its_environment_alone" {
  command = plan
  assert {
    condition = alltrue([
      for condition in data.aws_iam_policy_document.github.statement[0].condition : condition.test == "StringEquals"
    ])
    error_message = "a condition of the trust allows patterns"
  }
  assert {
    condition = toset(flatten([
      for condition in data.aws_iam_policy_document.github.statement[0].condition : condition.values
      if endswith(condition.variable, ":sub")
    ])) == toset(["repo:org/repo:environment:prod"])
    error_message = "someone else may take the role"
  }
  assert {
    condition = anytrue([
      for condition in data.aws_iam_policy_document.github.statement[0].condition :
      endswith(condition.variable, ":aud") && tolist(condition.values)[0] == "sts.amazonaws.com"
    ])
    error_message = "the audience is not checked"
  }
}

run "the_pipeline_edits_one_namespace" {
  command = plan
  assert {
    condition = alltrue([
      for association in values(local.deployer.deploy.policy_associations) :
      association.access_scope.type == "namespace" && association.access_scope.namespaces == ["prod"]
    ])
    error_message = "the pipeline may edit more than the namespace prod"
  }
}

run "images_can_not_be_replaced_and_are_scanned" {
  command = plan
  assert {
    condition     = startswith(aws_ecr_repository.counter.image_tag_mutability, "IMMUTABLE")
    error_message = "tags can be moved"
  }
  assert {
    condition     = aws_ecr_repository.counter.image_scanning_configuration[0].scan_on_push
    error_message = "images are not scanned"
  }
  assert {
    condition     = aws_ecr_repository.counter.encryption_configuration[0].encryption_type == "KMS"
    error_message = "images are not encrypted with KMS"
  }
}

run "the_namespace_takes_restricted_pods_only" {
  command = plan
  assert {
    condition     = kubernetes_namespace_v1.prod.metadata[0].labels["pod-security.kubernetes.io/enforce"] == "restricted"
    error_message = "Pod Security is not enforced"
  }
  assert {
    condition     = kubernetes_namespace_v1.prod.metadata[0].name == "prod"
    error_message = "the namespace is ${kubernetes_namespace_v1.prod.metadata[0].name}"
  }
}

run "keys_are_rotated" {
  command = plan
  assert {
    condition     = aws_kms_key.cluster.enable_key_rotation && aws_kms_key.images.enable_key_rotation
    error_message = "a key is not rotated"
  }
}

run "without_efs_there_is_none" {
  command = plan
  assert {
    condition     = length(aws_efs_file_system.shared) == 0 && !contains(keys(aws_iam_role.csi), "efs")
    error_message = "a file system that nobody asked for"
  }
}

run "with_efs_it_is_encrypted_and_in_each_zone" {
  command = plan
  variables {
    efs = true
  }
  assert {
    condition     = aws_efs_file_system.shared[0].encrypted && length(aws_efs_mount_target.shared) == 3
    error_message = "not encrypted, or not in each zone"
  }
  assert {
    condition     = contains(keys(local.addons), "aws-efs-csi-driver")
    error_message = "the driver is missing"
  }
}

run "a_subject_with_a_wildcard_is_refused" {
  command = plan
  variables {
    github_subjects = ["repo:org/*:environment:prod"]
  }
  expect_failures = [var.github_subjects]
}

run "a_subject_of_a_branch_is_refused" {
  command = plan
  variables {
    github_subjects = ["repo:org/repo:ref:refs/heads/main"]
  }
  expect_failures = [var.github_subjects]
}

run "a_subject_with_ids_is_taken" {
  command = plan
  variables {
    github_subjects = ["repo:org@12/repo@34:environment:prod"]
  }
}

run "a_wrong_account_is_refused" {
  command = plan
  variables {
    account_id = "123"
  }
  expect_failures = [var.account_id]
}

run "a_wrong_name_is_refused" {
  command = plan
  variables {
    name = "Counter_1"
  }
  expect_failures = [var.name]
}

run "a_wrong_version_is_refused" {
  command = plan
  variables {
    kubernetes_version = "latest"
  }
  expect_failures = [var.kubernetes_version]
}

run "a_range_that_is_too_small_is_refused" {
  command = plan
  variables {
    vpc_cidr = "10.0.0.0/24"
  }
  expect_failures = [var.vpc_cidr]
}

run "an_api_for_nobody_is_refused" {
  command = plan
  variables {
    api_cidrs = []
  }
  expect_failures = [var.api_cidrs]
}

run "an_administrator_is_an_arn" {
  command = plan
  variables {
    administrators = ["me"]
  }
  expect_failures = [var.administrators]
}

run "nodes_are_in_order" {
  command = plan
  variables {
    nodes = { min = 3, desired = 2, max = 4 }
  }
  expect_failures = [var.nodes]
}

run "logs_are_kept_as_cloudwatch_can" {
  command = plan
  variables {
    log_retention_days = 91
  }
  expect_failures = [var.log_retention_days]
}
