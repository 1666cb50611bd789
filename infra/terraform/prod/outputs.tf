output "aws_region" {
  description = "Where it runs."
  value       = var.region
}

output "aws_account_id" {
  description = "The account it runs in."
  value       = var.account_id
}

output "ecr_repository" {
  description = "The image repository's whole address, without a tag."
  value       = aws_ecr_repository.counter.repository_url
}

output "eks_cluster" {
  description = "The cluster's name."
  value       = module.eks.cluster_name
}

output "namespace" {
  description = "The namespace that the pipeline deploys to."
  value       = kubernetes_namespace_v1.prod.metadata[0].name
}

output "deploy_role_arn" {
  description = "The role that the pipeline takes."
  value       = aws_iam_role.deploy.arn
}

output "efs_file_system" {
  description = "The file system of the shared mode; null without one."
  value       = one(aws_efs_file_system.shared[*].id)
}

output "github_variables" {
  description = "The commands that give the environment prod its variables."
  value       = <<-EOT
    gh variable set AWS_REGION --env prod --body '${var.region}'
    gh variable set AWS_ACCOUNT_ID --env prod --body '${var.account_id}'
    gh variable set AWS_DEPLOY_ROLE_ARN --env prod --body '${aws_iam_role.deploy.arn}'
    gh variable set ECR_REPOSITORY --env prod --body '${aws_ecr_repository.counter.repository_url}'
    gh variable set EKS_CLUSTER --env prod --body '${module.eks.cluster_name}'
  EOT
}
