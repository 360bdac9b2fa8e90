# DO NOT EDIT: `make generate` writes this from tmf678-v5.yaml and openapi/overlay-v5.yaml
