resource "aws_ecr_repository" "counter" {
  name = "counter-service"
  # A tag that was pushed means that image for ever. Signatures need no tag: they are attached to the image's digest as
  # OCI referrers, which ECR keeps. (The tag sha256-….sig of older signing tools is written anew with each signature,
  # and would be refused.)
  image_tag_mutability = "IMMUTABLE"

  image_scanning_configuration {
    scan_on_push = true
  }

  encryption_configuration {
    encryption_type = "KMS"
    kms_key         = aws_kms_key.images.arn
  }
}

# A signature, an SBOM and an image's part for one platform have no tag and are counted like images. To expire what has
# no tag by its age would so unsign what is deployed: only their number is bounded, well over what a hundred releases
# have.
resource "aws_ecr_lifecycle_policy" "counter" {
  repository = aws_ecr_repository.counter.name
  policy = jsonencode({
    rules = [
      {
        rulePriority = 1
        description  = "a hundred releases to go back to"
        selection    = { tagStatus = "tagged", tagPatternList = ["*"], countType = "imageCountMoreThan", countNumber = 100 }
        action       = { type = "expire" }
      },
      {
        rulePriority = 2
        description  = "their parts and signatures"
        selection    = { tagStatus = "untagged", countType = "imageCountMoreThan", countNumber = 1500 }
        action       = { type = "expire" }
      },
    ]
  })
}
