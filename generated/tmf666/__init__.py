# DO NOT EDIT: `make generate` writes this from tmf666.yaml and openapi/overlay-tmf666.yaml
