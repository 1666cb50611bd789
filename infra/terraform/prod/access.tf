# Who may do what in the cluster. Without administrators it is whoever applies: enough for one person, but a second
# one would replace the first one's entry, and could not even plan before that. So teams name theirs.

data "aws_caller_identity" "current" {}

data "aws_iam_session_context" "current" {
  arn = data.aws_caller_identity.current.arn
}

locals {
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
          access_scope = { type = "namespace", namespaces = ["prod"] }
        }
      }
    }
  }
}

# The pipeline may not make namespaces; and this one allows only pods that keep to the rules.
resource "kubernetes_namespace_v1" "prod" {
  metadata {
    name = "prod"
    labels = {
      "pod-security.kubernetes.io/enforce" = "restricted"
      "pod-security.kubernetes.io/audit"   = "restricted"
      "pod-security.kubernetes.io/warn"    = "restricted"
    }
  }
  depends_on = [module.eks]

  lifecycle {
    precondition {
      condition = length(var.administrators) == 0 || contains(
        var.administrators, data.aws_iam_session_context.current.issuer_arn
      )
      error_message = "${data.aws_iam_session_context.current.issuer_arn} applies this, but is not among administrators: it could not make the namespace."
    }
  }
}
