#!/usr/bin/env bash
# What the tests need beside Python packages: LibreOffice draws pages, espeak-ng speaks, Chromium opens the web pages.
# On Debian as root it is installed; elsewhere this says what is missing.
set -euo pipefail

declare -A package_of=(
  [soffice]=libreoffice-writer-nogui
  [espeak-ng]=espeak-ng
  [chromium]=chromium
)

missing=()
for program in "${!package_of[@]}"; do
  command -v "$program" >/dev/null || missing+=("${package_of[$program]}")
done
((${#missing[@]})) || exit 0

if [[ $EUID -ne 0 ]] || ! command -v apt-get >/dev/null; then
  echo "The tests need these programs; install them and run this again: ${missing[*]}" >&2
  exit 1
fi
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
apt-get install -y -qq --no-install-recommends "${missing[@]}" fonts-liberation fonts-crosextra-carlito >/dev/null
