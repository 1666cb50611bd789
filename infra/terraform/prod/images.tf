resource "aws_ecr_repository" "counter" {
  name = "counter-service"
  # A tag that was pushed means that image for ever. Signatures are attached to a digest as OCI referrers and need no
  # tag; the tag that older tools use for their index is left out.
  image_tag_mutability = "IMMUTABLE_WITH_EXCLUSION"
  image_tag_mutability_exclusion_filter {
    filter      = "sha256-*"
    filter_type = "WILDCARD"
  }

  image_scanning_configuration {
    scan_on_push = true
  }

  encryption_configuration {
    encryption_type = "KMS"
    kms_key         = aws_kms_key.images.arn
  }
}

resource "aws_ecr_lifecycle_policy" "counter" {
  repository = aws_ecr_repository.counter.name
  policy = jsonencode({
    rules = [
      {
        rulePriority = 1
        description  = "what has no tag goes after a week"
        selection    = { tagStatus = "untagged", countType = "sinceImagePushed", countUnit = "days", countNumber = 7 }
        action       = { type = "expire" }
      },
      {
        rulePriority = 2
        description  = "a hundred images to go back to"
        selection    = { tagStatus = "any", countType = "imageCountMoreThan", countNumber = 100 }
        action       = { type = "expire" }
      },
    ]
  })
}
