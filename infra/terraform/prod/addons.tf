# The add-ons, and for those that call AWS a role that their service account alone may take (IAM roles for service
# accounts): the node's own role can do none of it.

locals {
  addons = merge({
    # The network and the agent come before the nodes, which do not become ready without them. The chart's network
    # policy is only paper unless the network add-on is told to enforce such policies.
    vpc-cni = {
      before_compute           = true
      service_account_role_arn = aws_iam_role.addon["vpc-cni"].arn
      configuration_values     = jsonencode({ enableNetworkPolicy = "true" })
    }
    eks-pod-identity-agent = { before_compute = true }
    kube-proxy             = {}
    coredns                = {}
    aws-ebs-csi-driver     = { service_account_role_arn = aws_iam_role.addon["aws-ebs-csi-driver"].arn }
    }, var.efs ? {
    aws-efs-csi-driver = { service_account_role_arn = aws_iam_role.addon["aws-efs-csi-driver"].arn }
  } : {})

  addon_roles = merge({
    vpc-cni = {
      account = "aws-node"
      policy  = "arn:aws:iam::aws:policy/AmazonEKS_CNI_Policy"
    }
    aws-ebs-csi-driver = {
      account = "ebs-csi-controller-sa"
      policy  = "arn:aws:iam::aws:policy/service-role/AmazonEBSCSIDriverPolicyV2"
    }
    }, var.efs ? {
    aws-efs-csi-driver = {
      account = "efs-csi-controller-sa"
      policy  = "arn:aws:iam::aws:policy/service-role/AmazonEFSCSIDriverPolicy"
    }
  } : {})
}

data "aws_iam_policy_document" "addon" {
  for_each = local.addon_roles

  statement {
    actions = ["sts:AssumeRoleWithWebIdentity"]
    principals {
      type        = "Federated"
      identifiers = [module.eks.oidc_provider_arn]
    }
    condition {
      test     = "StringEquals"
      variable = "${module.eks.oidc_provider}:aud"
      values   = ["sts.amazonaws.com"]
    }
    condition {
      test     = "StringEquals"
      variable = "${module.eks.oidc_provider}:sub"
      values   = ["system:serviceaccount:kube-system:${each.value.account}"]
    }
  }
}

resource "aws_iam_role" "addon" {
  for_each           = local.addon_roles
  name               = "${var.name}-${each.key}"
  assume_role_policy = data.aws_iam_policy_document.addon[each.key].json
}

resource "aws_iam_role_policy_attachment" "addon" {
  for_each   = local.addon_roles
  role       = aws_iam_role.addon[each.key].name
  policy_arn = each.value.policy
}
