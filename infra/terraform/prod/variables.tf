variable "region" {
  description = "AWS region of everything."
  type        = string
  default     = "eu-west-2"
  validation {
    condition     = can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]$", var.region))
    error_message = "region has the form eu-west-2."
  }
}

variable "zones" {
  description = "Letters of the three zones in that region. Named, so that a zone that AWS adds moves no subnet."
  type        = list(string)
  default     = ["a", "b", "c"]
  validation {
    condition     = length(distinct(var.zones)) == 3 && length(var.zones) == 3 && alltrue([for zone in var.zones : can(regex("^[a-z]$", zone))])
    error_message = "zones are three different letters, such as a, b and c."
  }
}

variable "account_id" {
  description = "The account that this may be applied to; in any other it refuses."
  type        = string
  validation {
    condition     = can(regex("^[0-9]{12}$", var.account_id))
    error_message = "account_id is the account's twelve digits."
  }
}

variable "name" {
  description = "Name of the cluster, and prefix of what belongs to it."
  type        = string
  default     = "counter"
  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,30}$", var.name))
    error_message = "name begins with a letter and has 2 to 31 lower-case letters, digits and hyphens."
  }
}

variable "kubernetes_version" {
  description = "Minor version of Kubernetes; raised one at a time, before its standard support ends."
  type        = string
  default     = "1.36"
  validation {
    condition     = can(regex("^1\\.[0-9]{2}$", var.kubernetes_version))
    error_message = "kubernetes_version has the form 1.36."
  }
}

variable "vpc_cidr" {
  description = "Addresses of the VPC: a /16 to /20, divided over three zones."
  type        = string
  default     = "10.40.0.0/16"
  validation {
    condition     = can(cidrsubnet(var.vpc_cidr, 4, 15)) && try(tonumber(split("/", var.vpc_cidr)[1]), 0) >= 16 && try(tonumber(split("/", var.vpc_cidr)[1]), 99) <= 20
    error_message = "vpc_cidr is an IPv4 range from /16 to /20, such as 10.40.0.0/16."
  }
}

variable "one_nat_per_zone" {
  description = "A NAT gateway in each zone, so that losing one zone cuts off no other: three times the cost."
  type        = bool
  default     = false
}

variable "api_cidrs" {
  description = "Who may reach the cluster's API from outside. GitHub's own runners have no fixed addresses: with them it is everyone, and the API's authentication is what guards it; with runners of your own, their addresses."
  type        = list(string)
  default     = ["0.0.0.0/0"]
  validation {
    condition     = length(var.api_cidrs) > 0 && alltrue([for cidr in var.api_cidrs : can(cidrhost(cidr, 0))])
    error_message = "api_cidrs is a list of IPv4 ranges, one at least."
  }
}

variable "administrators" {
  description = "ARNs of the IAM roles or users that administer the cluster, with those who apply this among them. Empty: whoever applies it."
  type        = set(string)
  default     = []
  validation {
    condition     = alltrue([for arn in var.administrators : can(regex("^arn:aws:iam::[0-9]{12}:(role|user)/", arn))])
    error_message = "administrators are ARNs of IAM roles or users."
  }
}

variable "node_type" {
  description = "Instance type of the nodes, of the x86 kind: the pipeline builds the image for that."
  type        = string
  default     = "t3.medium"
  validation {
    condition     = can(regex("^[a-z][a-z0-9-]*\\.[a-z0-9-]+$", var.node_type)) && !can(regex("^([a-z]+[0-9]+g|a1)", var.node_type))
    error_message = "node_type has the form t3.medium, and is none of Graviton's (t4g, m8g, a1)."
  }
}

variable "nodes" {
  description = "How many nodes: least, wanted at first, most. Three are one in each zone: the volume with the count can only be mounted in its own."
  type        = object({ min = number, desired = number, max = number })
  default     = { min = 3, desired = 3, max = 6 }
  validation {
    condition     = var.nodes.min >= 1 && var.nodes.min <= var.nodes.desired && var.nodes.desired <= var.nodes.max
    error_message = "nodes: 1 <= min <= desired <= max."
  }
}

variable "efs" {
  description = "An encrypted EFS file system and its CSI driver, for the shared mode (several pods)."
  type        = bool
  default     = false
}

variable "github_subjects" {
  description = "The sub claims that may deploy, to the letter: repo:ORG/REPO:environment:prod, or with ids, repo:ORG@ID/REPO@ID:environment:prod, as newer repositories send."
  type        = set(string)
  validation {
    condition = length(var.github_subjects) > 0 && alltrue([
      for subject in var.github_subjects : can(regex("^repo:[^*?]+/[^*?]+:environment:prod$", subject))
    ])
    error_message = "github_subjects end in :environment:prod and have no wildcards."
  }
}

variable "create_github_oidc_provider" {
  description = "False where the account has GitHub's OIDC provider already."
  type        = bool
  default     = true
}

variable "log_retention_days" {
  description = "Days for which the control plane's logs are kept."
  type        = number
  default     = 90
  validation {
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731], var.log_retention_days)
    error_message = "log_retention_days is one of CloudWatch's: 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731."
  }
}
