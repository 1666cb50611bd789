# Where things are kept: images, and the files of the shared mode.

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

run "images_can_not_be_replaced_and_are_scanned_and_encrypted" {
  assert {
    condition     = aws_ecr_repository.counter.image_tag_mutability == "IMMUTABLE"
    error_message = "tags are ${aws_ecr_repository.counter.image_tag_mutability}"
  }
  assert {
    condition     = one(aws_ecr_repository.counter.image_scanning_configuration).scan_on_push
    error_message = "images are not scanned"
  }
  assert {
    condition     = one(aws_ecr_repository.counter.encryption_configuration).encryption_type == "KMS"
    error_message = "images are encrypted with ${one(aws_ecr_repository.counter.encryption_configuration).encryption_type}"
  }
}

run "no_signature_expires_before_its_image" {
  command = plan
  assert {
    condition = alltrue([
      for rule in jsondecode(aws_ecr_lifecycle_policy.counter.policy).rules : rule.selection.countType == "imageCountMoreThan"
    ])
    error_message = "a rule expires by age what a running release may need"
  }
  assert {
    condition = {
      for rule in jsondecode(aws_ecr_lifecycle_policy.counter.policy).rules : rule.selection.tagStatus => rule.selection.countNumber
    } == { tagged = 100, untagged = 1500 }
    error_message = "rules: ${aws_ecr_lifecycle_policy.counter.policy}"
  }
}

run "without_efs_there_is_none" {
  command = plan
  assert {
    condition = length(concat(
      aws_efs_file_system.shared, aws_efs_mount_target.shared, aws_security_group.efs, kubernetes_storage_class_v1.efs
    )) == 0
    error_message = "a file system that nobody asked for"
  }
  assert {
    condition     = !contains(keys(local.addons), "aws-efs-csi-driver") && !contains(keys(aws_iam_role.addon), "aws-efs-csi-driver")
    error_message = "a driver that nobody asked for"
  }
}

run "with_efs_it_is_encrypted_backed_up_and_in_each_zone" {
  command = plan
  variables {
    efs = true
  }
  assert {
    condition     = one(aws_efs_file_system.shared).encrypted && length(aws_efs_mount_target.shared) == 3
    error_message = "not encrypted, or in ${length(aws_efs_mount_target.shared)} zones"
  }
  assert {
    condition     = one(one(aws_efs_backup_policy.shared).backup_policy).status == "ENABLED"
    error_message = "it is not backed up"
  }
  assert {
    condition = (
      one(one(aws_security_group.efs).ingress).from_port == 2049 && one(one(aws_security_group.efs).ingress).to_port == 2049 &&
      try(length(one(one(aws_security_group.efs).ingress).cidr_blocks), 0) == 0
    )
    error_message = "it is open to addresses, not to the nodes alone"
  }
  assert {
    condition     = contains(keys(local.addons), "aws-efs-csi-driver")
    error_message = "the driver is missing"
  }
  assert {
    condition     = aws_iam_role_policy_attachment.addon["aws-efs-csi-driver"].policy_arn == "arn:aws:iam::aws:policy/service-role/AmazonEFSCSIDriverPolicy"
    error_message = "the driver may not make access points"
  }
  assert {
    condition = (
      one(kubernetes_storage_class_v1.efs).metadata[0].name == "efs" && one(kubernetes_storage_class_v1.efs).reclaim_policy == "Retain" &&
      one(kubernetes_storage_class_v1.efs).parameters.uid == "65532" && one(kubernetes_storage_class_v1.efs).parameters.gid == "65532"
    )
    error_message = "the class efs gives folders that are not the image's user's, or that go with their claim"
  }
}
