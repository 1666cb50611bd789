# The cluster, its network and its access, applied to a mocked AWS.

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
variables {
  account_id      = "123456789012"
  github_subjects = ["repo:org/repo:environment:prod"]
}

run "a_cluster_is_made" {
  assert {
    condition     = output.eks_cluster == "counter" && output.namespace == "prod"
    error_message = "the cluster is ${output.eks_cluster}, the namespace ${output.namespace}"
  }
  assert {
    condition     = module.eks.cluster_version == "1.36"
    error_message = "Kubernetes is ${module.eks.cluster_version}"
  }
}

run "extended_support_that_someone_set_is_reported" {
  override_data {
    target = data.aws_eks_cluster.actual
    values = {
      upgrade_policy = [{ support_type = "EXTENDED" }]
    }
  }
  expect_failures = [check.upgrade_policy]
}

run "there_are_three_zones_with_private_nodes_and_one_gateway" {
  assert {
    condition     = module.vpc.azs == tolist(["eu-west-2a", "eu-west-2b", "eu-west-2c"])
    error_message = "zones: ${join(", ", module.vpc.azs)}"
  }
  assert {
    condition = (
      module.vpc.private_subnets_cidr_blocks == tolist(["10.40.0.0/18", "10.40.64.0/18", "10.40.128.0/18"]) &&
      module.vpc.public_subnets_cidr_blocks == tolist(["10.40.192.0/20", "10.40.208.0/20", "10.40.224.0/20"])
    )
    error_message = "subnets: ${join(", ", concat(module.vpc.private_subnets_cidr_blocks, module.vpc.public_subnets_cidr_blocks))}"
  }
  assert {
    condition     = length(module.vpc.natgw_ids) == 1
    error_message = "${length(module.vpc.natgw_ids)} NAT gateways"
  }
  assert {
    condition     = aws_vpc_endpoint.s3.route_table_ids == toset(module.vpc.private_route_table_ids)
    error_message = "the nodes don't reach S3 by the endpoint"
  }
}

run "each_zone_has_a_gateway_where_one_is_wanted" {
  command = plan
  variables {
    one_nat_per_zone = true
  }
  assert {
    condition     = length(module.vpc.natgw_ids) == 3
    error_message = "${length(module.vpc.natgw_ids)} NAT gateways"
  }
}

run "the_network_is_there_before_the_nodes" {
  assert {
    condition = toset([for name, addon in local.addons : name if try(addon.before_compute, false)]) == toset([
      "vpc-cni", "eks-pod-identity-agent"
    ])
    error_message = "the nodes would wait for the network, and it for them"
  }
  assert {
    condition = toset(keys(module.eks.cluster_addons)) == toset([
      "vpc-cni", "eks-pod-identity-agent", "kube-proxy", "coredns", "aws-ebs-csi-driver"
    ])
    error_message = "add-ons: ${join(", ", keys(module.eks.cluster_addons))}"
  }
  assert {
    condition     = jsondecode(module.eks.cluster_addons["vpc-cni"].configuration_values).enableNetworkPolicy == "true"
    error_message = "the chart's network policy would not be enforced"
  }
}

run "add_ons_call_aws_with_roles_of_their_own" {
  assert {
    condition = alltrue([
      for name in ["vpc-cni", "aws-ebs-csi-driver"] :
      module.eks.cluster_addons[name].service_account_role_arn == aws_iam_role.addon[name].arn
    ])
    error_message = "an add-on has no role, and would have to use the node's"
  }
  assert {
    condition = { for name, role in aws_iam_role_policy_attachment.addon : name => role.policy_arn } == {
      vpc-cni            = "arn:aws:iam::aws:policy/AmazonEKS_CNI_Policy"
      aws-ebs-csi-driver = "arn:aws:iam::aws:policy/service-role/AmazonEBSCSIDriverPolicyV2"
    }
    error_message = "policies: ${join(", ", values(aws_iam_role_policy_attachment.addon)[*].policy_arn)}"
  }
  assert {
    condition = { for name, document in data.aws_iam_policy_document.addon : name => {
      for condition in one(document.statement).condition :
      trimprefix(condition.variable, "oidc.eks.eu-west-2.amazonaws.com/id/CLUSTER:") => "${condition.test} ${join(" ", condition.values)}"
      } } == {
      vpc-cni = {
        aud = "StringEquals sts.amazonaws.com"
        sub = "StringEquals system:serviceaccount:kube-system:aws-node"
      }
      aws-ebs-csi-driver = {
        aud = "StringEquals sts.amazonaws.com"
        sub = "StringEquals system:serviceaccount:kube-system:ebs-csi-controller-sa"
      }
    }
    error_message = "a role of an add-on may be taken by other pods than its own"
  }
}

run "the_namespace_takes_restricted_pods_only" {
  assert {
    condition = kubernetes_namespace_v1.prod.metadata[0].labels == tomap({
      "pod-security.kubernetes.io/enforce" = "restricted"
      "pod-security.kubernetes.io/audit"   = "restricted"
      "pod-security.kubernetes.io/warn"    = "restricted"
    })
    error_message = "labels: ${jsonencode(kubernetes_namespace_v1.prod.metadata[0].labels)}"
  }
}

run "keys_are_rotated_and_not_lost_in_haste" {
  assert {
    condition = alltrue([
      for key in [aws_kms_key.cluster, aws_kms_key.images] : key.enable_key_rotation && key.deletion_window_in_days == 30
    ])
    error_message = "a key is not rotated, or gone too soon"
  }
}
