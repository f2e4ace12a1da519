# make demo    a software Keycard in a real reader signs for a real Ethereum node; a payment card pays a merchant there
# make test    everything that is tested, with all the set-up it needs
# make check   what must pass before a commit, in under a minute
# make bench   what is promised about speed, measured, beside the targets
# make contracts  the payment contracts: tests, gas, planted bugs, committed bytecode
# make matrix  writes the README's support matrix from the tests that fill it
# make long    campaigns of hours: fuzzing, searches of states, a million adversarial runs (docs/campaigns.md)
# make rename MODULE=example.org/you/tapcard
# make clean   removes what the others leave behind in this folder

.PHONY: help demo test check bench contracts matrix long rename clean

help:
	@sed -n 's/^# //p' Makefile

demo:
	@scripts/demo.sh

test:
	@scripts/test.sh

check:
	@scripts/setup.sh go
	@scripts/check.sh

bench:
	@scripts/bench.sh

contracts:
	@scripts/contracts.sh

matrix:
	@scripts/matrix.sh

long:
	@scripts/setup.sh go
	@scripts/long.sh all

rename:
	@scripts/rename.sh "$(MODULE)"

clean:
	rm -rf .cache bin interop/js/node_modules pay/contracts/node_modules
