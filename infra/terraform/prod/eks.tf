module "eks" {
  source  = "terraform-aws-modules/eks/aws"
  version = "21.19.0"

  name               = var.name
  kubernetes_version = var.kubernetes_version

  upgrade_policy = local.upgrade_policy

  vpc_id     = module.vpc.vpc_id
  subnet_ids = module.vpc.private_subnets

  endpoint_private_access      = true
  endpoint_public_access       = true
  endpoint_public_access_cidrs = var.api_cidrs

  authentication_mode                      = "API"
  enable_cluster_creator_admin_permissions = true
  access_entries                           = local.access_entries

  create_kms_key    = false
  encryption_config = { provider_key_arn = aws_kms_key.cluster.arn, resources = ["secrets"] }

  enabled_log_types                      = ["api", "audit", "authenticator", "controllerManager", "scheduler"]
  cloudwatch_log_group_retention_in_days = var.log_retention_days

  # The operators' checklist looks for IAM roles for service accounts.
  enable_irsa = true

  # The network and the agent before the nodes, which do not become ready without them.
  addons = local.addons

  eks_managed_node_groups = {
    default = {
      ami_type       = "AL2023_x86_64_STANDARD"
      instance_types = [var.node_type]
      min_size       = var.nodes.min
      desired_size   = var.nodes.desired
      max_size       = var.nodes.max

      # Pods can't reach the node's credentials: a token only, and one hop.
      metadata_options = local.metadata_options

      block_device_mappings = {
        root = {
          device_name = "/dev/xvda"
          ebs         = { volume_size = 20, volume_type = "gp3", encrypted = true, delete_on_termination = true }
        }
      }
    }
  }
}

locals {
  addons = merge({
    vpc-cni                = { before_compute = true }
    eks-pod-identity-agent = { before_compute = true }
    kube-proxy             = {}
    coredns                = {}
    aws-ebs-csi-driver     = { service_account_role_arn = aws_iam_role.csi["ebs"].arn }
    }, var.efs ? {
    aws-efs-csi-driver = { service_account_role_arn = aws_iam_role.csi["efs"].arn }
  } : {})

  # Left out, it would be EXTENDED, which costs six times as much once a version's standard support has ended.
  upgrade_policy = { support_type = "STANDARD" }

  metadata_options = {
    http_endpoint               = "enabled"
    http_tokens                 = "required"
    http_put_response_hop_limit = 1
  }

  administrators = {
    for arn in var.administrators : arn => {
      principal_arn = arn
      policy_associations = {
        admin = {
          policy_arn   = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy"
          access_scope = { type = "cluster", namespaces = null }
        }
      }
    }
  }

  # The pipeline edits one namespace, and no more: not namespaces, not roles, not custom resources' definitions.
  deployer = {
    deploy = {
      principal_arn = aws_iam_role.deploy.arn
      policy_associations = {
        edit = {
          policy_arn   = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSEditPolicy"
          access_scope = { type = "namespace", namespaces = [local.namespace] }
        }
      }
    }
  }

  access_entries = merge(local.administrators, local.deployer)
  namespace      = "prod"
}

# What AWS says, whoever changed it: a warning with each plan and apply (and with the first, before there is a cluster).
check "upgrade_policy" {
  data "aws_eks_cluster" "actual" {
    name = var.name
  }
  assert {
    condition     = one(data.aws_eks_cluster.actual.upgrade_policy).support_type == "STANDARD"
    error_message = "the cluster's upgrade policy is not STANDARD: extended support will be charged for"
  }
}

# The pipeline may not make namespaces; and this one allows only pods that keep to the rules.
resource "kubernetes_namespace_v1" "prod" {
  metadata {
    name = local.namespace
    labels = {
      "pod-security.kubernetes.io/enforce" = "restricted"
      "pod-security.kubernetes.io/audit"   = "restricted"
      "pod-security.kubernetes.io/warn"    = "restricted"
    }
  }
  depends_on = [module.eks]
}
