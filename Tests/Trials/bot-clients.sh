#!/usr/bin/env bash
# Lets other people's bot libraries run against the tests' Bot API server: what they accept and send
# is a check of the server that does not come from us. See Tests/Clients/bot_clients.py.
#
# FAKE_BOT_API names a built server; by default it is built here.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

venv=.venv-bot
wanted=Tests/Clients/requirements.txt
if ! cmp -s "$wanted" "$venv/installed.txt"; then
  if ! { python3 -m venv "$venv" && "$venv/bin/pip" install --quiet --requirement "$wanted"; }; then
    echo "bot-clients: NOTHING WAS CHECKED: $wanted cannot be installed" >&2
    exit 69
  fi
  cp "$wanted" "$venv/installed.txt"
fi
if [[ -z ${FAKE_BOT_API:-} ]]; then
  swift build --product fake-bot-api
  FAKE_BOT_API=$(swift build --show-bin-path)/fake-bot-api
fi
exec "$venv/bin/python" Tests/Clients/bot_clients.py "$FAKE_BOT_API"
