#!/bin/sh
# Makes the files that compose.yaml hands to its containers: `deploy/secrets.sh [FOLDER [NAME]]`.
# The certificate is one of our own making for NAME, to try things out. What is there stays as it is:
# files, links and their rights. An empty file counts as none.
set -eu
folder=${1:-$(dirname "$0")/secrets}
name=${2:-localhost}
umask 077
[ -d "$folder" ] || mkdir -p "$folder"
cd "$folder"

is_there() {
    [ -s "$1" ] || [ -h "$1" ]
}

# The containers' users read the files; the folder keeps others out.
put() {
    chmod 444 "$2" && mv -f "$2" "$1"
}

make() {
    is_there "$1" && return
    file=$1 && shift
    "$@" > "$new/file" && put "$file" "$new/file"
}

uri() {
    password=$(openssl rand -hex 24)
    echo "mongodb://tmf678:$password@mongo-1:27017,mongo-2:27017,mongo-3:27017/?replicaSet=rs0"
}

for file in tls_certificate:tls_key tls_key:tls_certificate; do
    if is_there "${file%:*}" && ! is_there "${file#*:}"; then
        echo "$folder has ${file%:*} and no ${file#*:}: give it both, or none" >&2
        exit 1
    fi
done
if [ -n "$(find . -prune '(' -perm -010 -o -perm -001 ')')" ]; then
    echo "warning: others may enter $folder, and read the secrets there: chmod 700 it" >&2
fi

new=$(mktemp -d ./new.XXXXXX)
trap 'rm -rf "$new"' EXIT
make mongo_keyfile openssl rand -base64 756
make mongo_admin_password openssl rand -hex 24
make mongodb_uri uri
if ! is_there tls_key; then
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 90 -subj "/CN=$name" \
        -addext "subjectAltName=DNS:$name,IP:127.0.0.1" -keyout "$new/key" -out "$new/certificate" 2> /dev/null
    put tls_key "$new/key"
    put tls_certificate "$new/certificate"
fi
