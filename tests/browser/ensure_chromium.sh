#!/bin/sh
# Prints the path of a Chromium for the browser tests, after getting one where there is none.
set -u
cd "$(dirname "$0")/../../frontend" || exit 1

find_chromium() {
  if [ -n "${PLAYWRIGHT_CHROMIUM:-}" ]; then
    [ -x "$PLAYWRIGHT_CHROMIUM" ] && echo "$PLAYWRIGHT_CHROMIUM" && return
    echo "PLAYWRIGHT_CHROMIUM names no program: $PLAYWRIGHT_CHROMIUM" >&2
    exit 1
  fi
  for name in chromium chromium-browser google-chrome google-chrome-stable; do
    command -v "$name" && return
  done
  installed=$(node -p 'require("playwright-core").chromium.executablePath()' 2>/dev/null)
  [ -n "$installed" ] && [ -x "$installed" ] && echo "$installed"
}

find_chromium && exit 0
npx --no-install playwright-core install chromium >&2 && find_chromium && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  { apt-get update && apt-get install -y --no-install-recommends chromium; } >&2 && find_chromium && exit 0
fi
echo "No Chromium for the browser tests: install the package 'chromium', or set PLAYWRIGHT_CHROMIUM to one." >&2
exit 1
