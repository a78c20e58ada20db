#!/bin/sh
# Certificates of one's own for broker and NATS servers, where no authority of the house signs them.
#   sh make-certificates.sh FOLDER NAME=ADDRESS[,ADDRESS...]...
#   sh make-certificates.sh pki broker=broker.hospital.example,10.0.0.9 nats-1=10.0.0.1
# What is there stays. Whoever has ca.key can be any of these servers: keep the folder off the network.
set -eu
umask 077
[ $# -ge 2 ] || { sed -n 's/^#   /usage: /p' "$0" >&2; exit 2; }
mkdir -p "$1"
cd "$1"
shift

if [ ! -e ca.key ]; then
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 3650 \
    -keyout ca.key -out ca.crt -subj "/CN=Vigie" \
    -addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign,cRLSign 2>/dev/null
fi

for pair in "$@"; do
  name=${pair%%=*}
  if [ -e "$name.crt" ]; then continue; fi
  names=""
  for address in $(printf '%s' "${pair#*=}" | tr , ' '); do
    case $address in
      *:*) kind=IP ;;
      *[!0-9.]*) kind=DNS ;;
      *) kind=IP ;;
    esac
    names="$names,$kind:$address"
  done
  openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes \
    -keyout "$name.key" -out "$name.csr" -subj "/CN=$name" 2>/dev/null
  # clientAuth too: NATS servers call each other
  printf 'basicConstraints=critical,CA:FALSE\nkeyUsage=critical,digitalSignature\nextendedKeyUsage=serverAuth,clientAuth\nsubjectAltName=%s\n' \
    "${names#,}" > "$name.ext"
  openssl x509 -req -in "$name.csr" -CA ca.crt -CAkey ca.key -CAcreateserial \
    -days 825 -extfile "$name.ext" -out "$name.crt" 2>/dev/null
  rm "$name.csr" "$name.ext"
  echo "made $name.crt and its key"
done
