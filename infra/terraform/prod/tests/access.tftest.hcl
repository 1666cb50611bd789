# Who may do what: people in the cluster, the pipeline in it and in AWS.

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

run "the_pipeline_edits_one_namespace" {
  assert {
    condition = { for name, association in module.eks.access_policy_associations : name => join(" ", concat(
      [basename(association.policy_arn), one(association.access_scope).type],
      try([for namespace in one(association.access_scope).namespaces : namespace], [])
      )) } == {
      deploy_edit           = "AmazonEKSEditPolicy namespace prod"
      cluster_creator_admin = "AmazonEKSClusterAdminPolicy cluster"
    }
    error_message = "the cluster may be used by: ${jsonencode(module.eks.access_policy_associations)}"
  }
  assert {
    condition     = module.eks.access_entries["deploy"].principal_arn == aws_iam_role.deploy.arn
    error_message = "the entry is that of ${module.eks.access_entries["deploy"].principal_arn}"
  }
  assert {
    condition     = module.eks.access_entries["cluster_creator"].principal_arn == "arn:aws:iam::123456789012:role/Administrator"
    error_message = "the one who applies is ${module.eks.access_entries["cluster_creator"].principal_arn}"
  }
}

run "the_pipeline_is_trusted_for_its_environment_alone" {
  assert {
    condition     = one(data.aws_iam_policy_document.github.statement).actions == toset(["sts:AssumeRoleWithWebIdentity"])
    error_message = "the role may be taken in another way"
  }
  assert {
    condition = one(one(data.aws_iam_policy_document.github.statement).principals).identifiers == toset([
      "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com"
    ])
    error_message = "someone else than GitHub is believed"
  }
  assert {
    condition = {
      for condition in one(data.aws_iam_policy_document.github.statement).condition :
      condition.variable => "${condition.test} ${join(" ", condition.values)}"
      } == {
      "token.actions.githubusercontent.com:aud" = "StringEquals sts.amazonaws.com"
      "token.actions.githubusercontent.com:sub" = "StringEquals repo:org/repo:environment:prod"
    }
    error_message = "the conditions are ${jsonencode(one(data.aws_iam_policy_document.github.statement).condition)}"
  }
  assert {
    condition = (
      one(aws_iam_openid_connect_provider.github).url == "https://token.actions.githubusercontent.com" &&
      one(aws_iam_openid_connect_provider.github).client_id_list == toset(["sts.amazonaws.com"]) &&
      aws_iam_role.deploy.max_session_duration == 3600
    )
    error_message = "the provider is another, or the role lasts longer than an hour"
  }
}

run "the_pipeline_can_do_what_a_deployment_does_and_no_more" {
  assert {
    condition = {
      for statement in data.aws_iam_policy_document.deploy.statement : statement.sid => sort(statement.actions)
      } == {
      SignInToTheRegistry = tolist(["ecr:GetAuthorizationToken"])
      FindTheCluster      = tolist(["eks:DescribeCluster"])
      PushToThisRepository = tolist([
        "ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:CompleteLayerUpload",
        "ecr:GetDownloadUrlForLayer", "ecr:InitiateLayerUpload", "ecr:PutImage", "ecr:UploadLayerPart",
      ])
    }
    error_message = "it may: ${join(", ", flatten(data.aws_iam_policy_document.deploy.statement[*].actions))}"
  }
  assert {
    condition = {
      for statement in data.aws_iam_policy_document.deploy.statement : statement.sid => one(statement.resources)
      } == {
      SignInToTheRegistry  = "*" # there is nothing narrower for it
      FindTheCluster       = "arn:aws:eks:eu-west-2:123456789012:cluster/counter"
      PushToThisRepository = "arn:aws:ecr:eu-west-2:123456789012:repository/counter-service"
    }
    error_message = "with: ${join(", ", flatten(data.aws_iam_policy_document.deploy.statement[*].resources))}"
  }
}

run "the_pipeline_learns_where_to_go" {
  assert {
    condition = output.github_variables == join("\n", [
      "gh variable set AWS_REGION --env prod --body 'eu-west-2'",
      "gh variable set AWS_ACCOUNT_ID --env prod --body '123456789012'",
      "gh variable set AWS_DEPLOY_ROLE_ARN --env prod --body 'arn:aws:iam::123456789012:role/mocked'",
      "gh variable set ECR_REPOSITORY --env prod --body '123456789012.dkr.ecr.eu-west-2.amazonaws.com/counter-service'",
      "gh variable set EKS_CLUSTER --env prod --body 'counter'",
      "",
    ])
    error_message = output.github_variables
  }
}

run "a_provider_that_the_account_has_is_left_alone" {
  command = plan
  variables {
    create_github_oidc_provider = false
  }
  assert {
    condition     = length(aws_iam_openid_connect_provider.github) == 0
    error_message = "GitHub's provider would be made a second time"
  }
}

run "administrators_take_the_place_of_whoever_applies" {
  variables {
    administrators = ["arn:aws:iam::123456789012:role/Administrator", "arn:aws:iam::123456789012:role/Second"]
  }
  assert {
    condition = { for name, entry in module.eks.access_entries : name => entry.principal_arn if name != "deploy" } == {
      "arn:aws:iam::123456789012:role/Administrator" = "arn:aws:iam::123456789012:role/Administrator"
      "arn:aws:iam::123456789012:role/Second"        = "arn:aws:iam::123456789012:role/Second"
    }
    error_message = "administrators: ${join(", ", keys(module.eks.access_entries))}"
  }
}

run "who_applies_must_be_an_administrator" {
  command = plan
  variables {
    administrators = ["arn:aws:iam::123456789012:role/Second"]
  }
  expect_failures = [kubernetes_namespace_v1.prod]
}
