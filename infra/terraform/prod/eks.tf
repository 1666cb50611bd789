# Scanners are right that an API that GitHub's runners reach is a public one, and that nodes that pull images go out; why
# it is so, and how it is narrowed (api_cidrs), is in README.md.
#trivy:ignore:AVD-AWS-0040
#trivy:ignore:AVD-AWS-0041
#trivy:ignore:AVD-AWS-0104
module "eks" {
  # checkov:skip=CKV_TF_1:The registry's releases are named by version; Dependabot raises them after a week
  source  = "terraform-aws-modules/eks/aws"
  version = "21.19.0"

  name               = var.name
  kubernetes_version = var.kubernetes_version

  # Left out, it would be EXTENDED, which costs six times as much once a version's standard support has ended.
  upgrade_policy = { support_type = "STANDARD" }

  vpc_id     = module.vpc.vpc_id
  subnet_ids = module.vpc.private_subnets

  # Nodes reach the API inside the VPC, the pipeline from outside: GitHub's runners are not in it.
  endpoint_private_access      = true
  endpoint_public_access       = true
  endpoint_public_access_cidrs = var.api_cidrs

  # No aws-auth ConfigMap: who may do what is in access.tf.
  authentication_mode                      = "API"
  enable_cluster_creator_admin_permissions = length(var.administrators) == 0
  access_entries                           = merge(local.administrators, local.deployer)

  create_kms_key    = false
  encryption_config = { provider_key_arn = aws_kms_key.cluster.arn, resources = ["secrets"] }

  enabled_log_types                      = ["api", "audit", "authenticator", "controllerManager", "scheduler"]
  cloudwatch_log_group_retention_in_days = var.log_retention_days

  # The operators' checklist looks for IAM roles for service accounts.
  enable_irsa = true
  addons      = local.addons

  eks_managed_node_groups = {
    default = {
      ami_type       = "AL2023_x86_64_STANDARD"
      instance_types = [var.node_type]
      min_size       = var.nodes.min
      desired_size   = var.nodes.desired
      max_size       = var.nodes.max

      # The network add-on has a role of its own (addons.tf), so that a node may not rewire its neighbours.
      iam_role_attach_cni_policy = false

      # Pods can't reach the node's credentials: a token is needed, and it travels one hop only.
      metadata_options = {
        http_endpoint               = "enabled"
        http_tokens                 = "required"
        http_put_response_hop_limit = 1
      }

      block_device_mappings = {
        root = {
          device_name = "/dev/xvda"
          ebs         = { volume_size = 20, volume_type = "gp3", encrypted = true, delete_on_termination = true }
        }
      }
    }
  }
}

# What AWS says, whoever changed it: a warning with each plan and apply. The name is taken from the ARN, which nobody
# knows before there is a cluster, so that the first plan does not ask for one.
check "upgrade_policy" {
  data "aws_eks_cluster" "actual" {
    name = split("/", module.eks.cluster_arn)[1]
  }
  assert {
    condition     = one(data.aws_eks_cluster.actual.upgrade_policy).support_type == "STANDARD"
    error_message = "the cluster's upgrade policy is not STANDARD: extended support will be charged for"
  }
}
