# The file system of the shared mode: reachable from the nodes alone, in each zone.

resource "aws_efs_file_system" "shared" {
  # checkov:skip=CKV_AWS_184:Encrypted with the account's key for EFS, as the volumes are with that for EBS
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

# The class `efs` of the chart's shared mode. A claim gets a folder of its own, which belongs to the image's user:
# fsGroup changes nothing on EFS. Mounts are encrypted on the wire by the driver's default.
resource "kubernetes_storage_class_v1" "efs" {
  count = var.efs ? 1 : 0
  metadata {
    name = "efs"
  }
  storage_provisioner = "efs.csi.aws.com"
  reclaim_policy      = "Retain"
  parameters = {
    provisioningMode = "efs-ap"
    fileSystemId     = aws_efs_file_system.shared[0].id
    directoryPerms   = "700"
    uid              = "65532"
    gid              = "65532"
  }
  depends_on = [module.eks]
}
