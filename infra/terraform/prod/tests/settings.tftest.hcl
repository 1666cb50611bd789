# Settings that make no sense are refused before anything is made. A run names every setting that must be refused.

mock_provider "aws" {
  source = "./tests/mocks"
}
mock_provider "kubernetes" {}

# The modules' own providers, which the root does not name.
override_resource {
  target = module.eks.time_sleep.this
}
override_resource {
  target = module.eks.module.eks_managed_node_group["default"].module.user_data.null_resource.validate_cluster_service_cidr
}
override_data {
  target = module.eks.data.tls_certificate.this
  values = {
    certificates = [{ sha1_fingerprint = "0000000000000000000000000000000000000000" }]
  }
}
run "settings_of_another_form_are_refused" {
  command = plan
  variables {
    account_id         = "1234"
    region             = "London"
    zones              = ["eu-west-2a", "eu-west-2b", "eu-west-2c"]
    name               = "Counter_1"
    kubernetes_version = "latest"
    vpc_cidr           = "10.0.0.0"
    api_cidrs          = ["office"]
    administrators     = ["me"]
    node_type          = "medium"
    nodes              = { min = 3, desired = 2, max = 4 }
    github_subjects    = ["repo:org/repo:ref:refs/heads/main"]
    log_retention_days = 91
  }
  expect_failures = [
    var.account_id, var.region, var.zones, var.name, var.kubernetes_version, var.vpc_cidr, var.api_cidrs,
    var.administrators, var.node_type, var.nodes, var.github_subjects, var.log_retention_days,
  ]
}

run "settings_out_of_bounds_are_refused" {
  command = plan
  variables {
    account_id         = "1234567890123"
    zones              = ["a", "a", "b"]
    name               = "a-name-that-is-longer-than-roles-can-take"
    kubernetes_version = "2.36"
    vpc_cidr           = "10.0.0.0/24"
    api_cidrs          = []
    node_type          = "t4g.medium"
    nodes              = { min = 0, desired = 2, max = 4 }
    github_subjects    = ["repo:org/*:environment:prod"]
    log_retention_days = 0
  }
  expect_failures = [
    var.account_id, var.zones, var.name, var.kubernetes_version, var.vpc_cidr, var.api_cidrs,
    var.node_type, var.nodes, var.github_subjects, var.log_retention_days,
  ]
}

run "nobody_to_deploy_is_refused" {
  command = plan
  variables {
    account_id      = "123456789012"
    zones           = ["a", "b"]
    vpc_cidr        = "10.0.0.0/8"
    nodes           = { min = 1, desired = 5, max = 4 }
    github_subjects = []
  }
  expect_failures = [var.zones, var.vpc_cidr, var.nodes, var.github_subjects]
}

run "another_environment_is_refused" {
  command = plan
  variables {
    account_id      = "123456789012"
    github_subjects = ["repo:org/repo:environment:prod", "repo:org/repo:environment:prod-copy"]
  }
  expect_failures = [var.github_subjects]
}

run "subjects_with_ids_other_regions_and_types_are_taken" {
  variables {
    account_id      = "123456789012"
    region          = "us-west-2"
    zones           = ["b", "c", "d"]
    node_type       = "m7i-flex.large"
    github_subjects = ["repo:org@12/repo@34:environment:prod"]
  }
  assert {
    condition     = module.vpc.azs == tolist(["us-west-2b", "us-west-2c", "us-west-2d"])
    error_message = "zones: ${join(", ", module.vpc.azs)}"
  }
}
