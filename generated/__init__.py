# DO NOT EDIT: `make generate` writes this from tmf678.yaml and openapi/overlay.yaml
