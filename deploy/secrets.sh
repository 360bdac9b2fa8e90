#!/bin/sh
# Makes the files that compose.yaml hands to its containers: `deploy/secrets.sh [FOLDER [NAME]]`.
# The certificate is one of our own making for NAME, to try things out. What is there stays.
set -eu
folder=${1:-$(dirname "$0")/secrets}
name=${2:-localhost}
mkdir -p "$folder"
chmod 700 "$folder"
cd "$folder"

[ -s mongo_keyfile ] || openssl rand -base64 756 > mongo_keyfile
[ -s mongo_admin_password ] || openssl rand -hex 24 > mongo_admin_password
[ -s mongodb_uri ] || echo "mongodb://tmf678:$(openssl rand -hex 24)@mongo-1:27017,mongo-2:27017,mongo-3:27017/?replicaSet=rs0" > mongodb_uri
[ -s tls_certificate ] || openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 90 \
    -subj "/CN=$name" -addext "subjectAltName=DNS:$name,IP:127.0.0.1" -keyout tls_key -out tls_certificate 2> /dev/null
chmod 444 mongo_keyfile mongo_admin_password mongodb_uri tls_certificate tls_key  # the containers' users read them; the folder keeps others out
