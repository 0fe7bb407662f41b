# `docker buildx bake` builds both images for this machine, from docker-services.yml. To publish for both architectures:
# REGISTRY=registry.example/name/ docker buildx bake publish --push
target "publish" {
  name      = "publish-${colour}"
  matrix    = { colour = ["blue", "green"] }
  inherits  = ["httpd-server-${colour}"]
  platforms = ["linux/amd64", "linux/arm64"]
}
