locals {
  zones = formatlist("%s%s", var.region, var.zones)
}

# Nodes are in private subnets; only load balancers and NAT gateways are in public ones.
module "vpc" {
  # checkov:skip=CKV_TF_1:The registry's releases are named by version; Dependabot raises them after a week
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

  # What was refused: enough to see why two things can't talk, at a fraction of the cost of logging all traffic.
  enable_flow_log                                 = true
  flow_log_traffic_type                           = "REJECT"
  create_flow_log_cloudwatch_log_group            = true
  create_flow_log_cloudwatch_iam_role             = true
  flow_log_cloudwatch_log_group_retention_in_days = var.log_retention_days

  public_subnet_tags  = { "kubernetes.io/role/elb" = "1" }
  private_subnet_tags = { "kubernetes.io/role/internal-elb" = "1" }
}

# Images' layers come from S3: by this way they cost nothing, through the NAT gateway they would by the gigabyte.
resource "aws_vpc_endpoint" "s3" {
  vpc_id            = module.vpc.vpc_id
  service_name      = "com.amazonaws.${var.region}.s3"
  vpc_endpoint_type = "Gateway"
  route_table_ids   = module.vpc.private_route_table_ids
  tags              = { Name = "${var.name}-s3" }
}
