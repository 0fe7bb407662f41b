# `docker buildx bake` builds both images for this machine, from docker-services.yml. `docker buildx bake publish --push` builds
# them for both architectures and publishes them under the name in k8s/versions.env, or IMAGE=registry.example/name/pii-demo.
target "publish" {
  name      = "publish-${colour}"
  matrix    = { colour = ["blue", "green"] }
  inherits  = ["httpd-server-${colour}"]
  platforms = ["linux/amd64", "linux/arm64"]
  attest    = ["type=provenance,mode=max", "type=sbom"]
}
