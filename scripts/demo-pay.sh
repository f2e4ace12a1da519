#!/usr/bin/env bash
# The second part of the demo: a payment card made of software, in a real reader, pays a merchant on a real node. It shows
# each command and what it says. scripts/demo.sh runs it inside scripts/in-reader, with tapcard, tappay and anvil on the PATH;
# without a reader the card is used in process.
set -euo pipefail
home=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null; wait 2>/dev/null; rm -rf "$home"' EXIT
cd "$home"
export TAPCARD_HOME=$home/tapcard TAPPAY_HOME=$home/tappay

# show prints a command and runs it; only the lines that matter are shown.
show() {
	local only=$1
	shift
	printf '\n$ %s\n' "$*"
	"$@" 2>&1 | grep -E "$only" | sed 's/^/    /'
}

# field prints a field of JSON on standard input.
field() { sed -n "s/.*\"$1\":\"\([^\"]*\)\".*/\1/p"; }

command -v anvil >/dev/null || {
	echo "the payment is left out: there is no node"
	exit 0
}
port=$((20000 + RANDOM % 10000))
anvil --host 127.0.0.1 --port $port --hardfork osaka --block-time 1 --silent &
for key in shop owner approver; do tappay key new $key.key >/dev/null; done
(umask 077 && printf ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80 >relay.key) # anvil's first account
address() { tappay --json key show "$1.key" | field address; }
for _ in {1..100}; do (: </dev/tcp/127.0.0.1/$port) 2>/dev/null && break || sleep 0.05; done

printf '\nA payment card pays a merchant. What any terminal can take is bounded by guards on the card and limits in the vault.\n'
show 'vault|token' tappay deploy --rpc http://127.0.0.1:$port --key-file relay.key --test-token
vault=$(tappay --json use | field vault) token=$(tappay --json use | field token)
for who in shop owner; do tappay test-money --to "$(address $who)" --amount 3000 --key-file relay.key >/dev/null; done
show 'merchant|today' tappay merchant register --key-file shop.key --stake 2000 --name "Corner shop, 1 Main Street"

printf 123456 >pin && printf 123456789012 >puk
owner=(tapcard --card my.card pay-card --pin-file pin)
tapcard virtual new pay my.card >/dev/null
show address "${owner[@]}" init --puk-file puk
show 'profile|payment|window' "${owner[@]}" profile set 0 --chain 31337 --vault "$vault" --token "$token" --single 40 --velocity 200
show approved "${owner[@]}" approvers set --url https://approve.example/ --mac-file mac \
	--key "$(tappay --json key show approver.key | field public_key)"
"${owner[@]}" --json bind 0 --owner "$(address owner)" >bind.json
card=$(field card_address <bind.json)
tappay purse open --key-file owner.key --proof bind.json --per-payment 30 --daily 100 --monthly 500 >/dev/null
show 'balance|limits' tappay purse deposit --key-file owner.key --card "$card" --amount 150

tap=(--card my.card)
if [[ ${TAPCARD_PCSCD-} ]]; then
	tapcard virtual insert my.card >/dev/null 2>&1 &
	tap=()
fi
charge=(tappay charge "${tap[@]}" --merchant "$(address shop)" --key-file relay.key --approver-key approver.key --mac-file mac)
show 'payment|amount|gas' "${charge[@]}" --amount 4.50
printf '\nA terminal that asks again, for more, gets nothing:\n'
show 'wait' "${charge[@]}" --amount 30 || true
show 'balance' tappay purse status "$card"
