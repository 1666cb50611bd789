data "aws_availability_zones" "available" {
  state = "available"
  filter {
    name   = "opt-in-status"
    values = ["opt-in-not-required"]
  }
}

locals {
  zones = slice(data.aws_availability_zones.available.names, 0, 3)
}

# Nodes are in private subnets; only load balancers and NAT gateways are in public ones.
module "vpc" {
  source  = "terraform-aws-modules/vpc/aws"
  version = "6.6.0"

  name            = var.name
  cidr            = var.vpc_cidr
  azs             = local.zones
  private_subnets = [for index in range(3) : cidrsubnet(var.vpc_cidr, 2, index)]
  public_subnets  = [for index in range(3) : cidrsubnet(var.vpc_cidr, 4, 12 + index)]

  enable_nat_gateway     = true
  single_nat_gateway     = !var.one_nat_per_zone
  one_nat_gateway_per_az = var.one_nat_per_zone

  # The default security group lets nothing through.
  manage_default_security_group = true

  public_subnet_tags  = { "kubernetes.io/role/elb" = "1" }
  private_subnet_tags = { "kubernetes.io/role/internal-elb" = "1" }
}
