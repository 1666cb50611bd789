# The roles of the storage drivers, taken by their service accounts alone (IAM roles for service accounts).

locals {
  drivers = merge({
    ebs = {
      account = "ebs-csi-controller-sa"
      policy  = "arn:aws:iam::aws:policy/service-role/AmazonEBSCSIDriverPolicyV2"
    }
    }, var.efs ? {
    efs = {
      account = "efs-csi-controller-sa"
      policy  = "arn:aws:iam::aws:policy/service-role/AmazonEFSCSIDriverPolicy"
    }
  } : {})
}

data "aws_iam_policy_document" "csi" {
  for_each = local.drivers

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

resource "aws_iam_role" "csi" {
  for_each           = local.drivers
  name               = "${var.name}-${each.key}-csi"
  assume_role_policy = data.aws_iam_policy_document.csi[each.key].json
}

resource "aws_iam_role_policy_attachment" "csi" {
  for_each   = local.drivers
  role       = aws_iam_role.csi[each.key].name
  policy_arn = each.value.policy
}

# The file system of the shared mode: reachable from the nodes alone, in each zone.

resource "aws_efs_file_system" "shared" {
  count            = var.efs ? 1 : 0
  creation_token   = "${var.name}-shared"
  encrypted        = true
  performance_mode = "generalPurpose"
  throughput_mode  = "elastic"
  tags             = { Name = "${var.name}-shared" }

  lifecycle {
    prevent_destroy = true
  }
}

resource "aws_efs_backup_policy" "shared" {
  count          = var.efs ? 1 : 0
  file_system_id = aws_efs_file_system.shared[0].id
  backup_policy {
    status = "ENABLED"
  }
}

resource "aws_security_group" "efs" {
  count       = var.efs ? 1 : 0
  name        = "${var.name}-efs"
  description = "NFS from the nodes"
  vpc_id      = module.vpc.vpc_id

  ingress {
    description     = "NFS from the nodes"
    from_port       = 2049
    to_port         = 2049
    protocol        = "tcp"
    security_groups = [module.eks.node_security_group_id]
  }
}

resource "aws_efs_mount_target" "shared" {
  count           = var.efs ? 3 : 0
  file_system_id  = aws_efs_file_system.shared[0].id
  subnet_id       = module.vpc.private_subnets[count.index]
  security_groups = [aws_security_group.efs[0].id]
}
