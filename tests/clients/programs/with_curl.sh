#!/bin/sh
# What the guide's steps are with curl: a form with one part named "file", read from the disk.
set -eu
cd "$FOLDER"
umask 077
api=https://api-metrica.yandex.net/management/v1
counter=$api/counter/$COUNTER
conversions=$counter/offline_conversions
goal='{"goal": {"name": "Deal closed", "type": "action",
  "conditions": [{"type": "exact", "url": "deal_closed"}]}}'

# The token travels in a file: the arguments of a program are seen by everybody on the machine.
printf 'Authorization: OAuth %s\n' "$TOKEN" >token
printf 'Authorization: OAuth of-nobody\n' >wrong_token

call() {
    name=$1 header=$2
    shift 2
    status=$(curl --silent --show-error --header "@$header" --output answer \
        --write-out '%{http_code}' "$@")
    printf '{"call": "%s", "status": %s, "answer": %s, "raised": ""}\n' \
        "$name" "$status" "$(cat answer)"
}

number() {
    grep -o '"id":[0-9]*' answer | head -n 1 | cut -d : -f 2
}

follow() {
    until curl --silent --show-error --header @token "$conversions/uploading/$1" |
        grep -q '"status":"\(PROCESSED\|LINKAGE_FAILURE\)"'; do
        sleep 0.05
    done
    call "GET uploading" token "$conversions/uploading/$1"
}

call "GET counters" token "$api/counters"
call "GET counter" token "$counter?field=goals"
call "POST goals" token --json "$goal" "$counter/goals"
call "GET goals" token "$counter/goals"
call "POST extended_threshold" token --request POST "$conversions/extended_threshold"
call "GET visit_join_threshold" token "$conversions/visit_join_threshold"
call "POST upload?client_id_type" token --form "file=@older.csv;type=text/csv" \
    "$conversions/upload?client_id_type=CLIENT_ID&comment=older%20generation"
older=$(number)
call "POST upload" token --form "file=@newer.csv" "$conversions/upload?comment=newer+generation"
newer=$(number)
follow "$older"
follow "$newer"
call "GET uploadings" token "$conversions/uploadings?limit=2&offset=0"
call "GET goals: wrong token" wrong_token "$counter/goals"
call "GET goals: no such counter" token "$api/counter/999999/goals"
call "POST upload: no Target" token --form "file=@no_target.csv" "$conversions/upload"
