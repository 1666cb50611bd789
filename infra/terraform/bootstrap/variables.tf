variable "region" {
  description = "Where the state is kept."
  type        = string
  default     = "eu-west-2"
  validation {
    condition     = can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]$", var.region))
    error_message = "region has the form eu-west-2."
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

variable "bucket" {
  description = "Name of the bucket; counter-service-state-ACCOUNT where it is not given."
  type        = string
  default     = null
  validation {
    condition     = var.bucket == null || can(regex("^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$", var.bucket))
    error_message = "bucket has 3 to 63 lower-case letters, digits and hyphens."
  }
}

variable "keep_versions_days" {
  description = "Days for which a replaced state can be restored; the newest ten are kept in any case."
  type        = number
  default     = 90
  validation {
    condition     = var.keep_versions_days >= 30
    error_message = "keep_versions_days is 30 at least: a mistake may be noticed late."
  }
}
