#!/bin/sh
# The large figures: make soak. Each line is one test; what it did is printed below it.
#
#   SOAK=0.1  the part of the figures that is wanted; 1, all of them, takes some three
#             hours on two cores, most of it ten thousand kills
#   FUZZ=1h   how long each decoder is fuzzed (on all cores); the figure of two hours of
#             processor time each takes as many hours as there are decoders, by two cores
#   SEED=7    what chance begins with; printed, so that a failure can be had again
set -eu

part=${SOAK:-1} fuzz=${FUZZ:-1m} seed=${SEED:-$(date +%s)}
log=$(mktemp)
trap 'rm -f "$log"' EXIT
echo "soak: part $part of the large figures, seed $seed, each decoder fuzzed for $fuzz"

# soak PACKAGE TESTS: what is said of it
soak() {
	began=$(date +%s)
	echo "$3"
	if ! REVIEWDESK_SOAK=$part REVIEWDESK_SEED=$seed ${GO:-go} test -count=1 -timeout 0 -v -run "$2" "$1" >"$log" 2>&1; then
		grep -v '^=== \|^ *--- PASS' "$log" | tail -n 100
		echo "FAILED: $1 $2 (SEED=$seed)"
		exit 1
	fi
	grep -h '_test\.go:[0-9]*: .*[0-9]' "$log" | grep -v ' seed ' | sed 's/^ *[a-z_0-9]*_test\.go:[0-9]*:/   /' | tail -n 8
	echo "    passed in $(($(date +%s) - began)) s"
}

soak ./db 'TestKilledAtRandomTimes' 'kill -9 at random times (10,000)'
soak ./db 'TestKilledAtEachCall' 'killed at each system call of a decision and of a whole day'
soak ./cmd/reviewdesk 'TestKilledAtEachCall' 'killed at each system call of init, start, import, export and backup'
soak ./db 'TestAPowerCut|TestACutWould' 'power cuts (5,000 disks)'
soak ./db 'TestADiskThatFails|TestAFullDisk|TestAfterAFailedFsync' 'full disks and I/O errors (500 days)'
soak ./cmd/reviewdesk 'TestServeSaysThatTheDiskIsFull|TestServeEndsOnceTheDisk' 'the same under the program that serves'
soak ./db 'TestAFlippedBit|TestEveryDamage|TestAnOlderDatabase' 'manipulations of the data folder (5,000 bits anywhere, 3,000 aimed, every named one)'
soak ./web 'TestManyOfficersOnManyCases|TestSixteenOfficers' 'races (1,000 cases, 64 officers)'
soak ./web 'TestASessionEndedWhileRequestsAreInFlight' 'sessions ended while requests are in flight (500 rounds)'

# The decoders: every fuzz test there is.
for package in $(${GO:-go} list ./...); do
	for target in $(${GO:-go} test -list '^Fuzz' "$package" | grep '^Fuzz' || true); do
		echo "fuzzing $package $target"
		if ! ${GO:-go} test -run '^$' -fuzz "^$target\$" -fuzztime "$fuzz" "$package" >"$log" 2>&1; then
			tail -n 50 "$log"
			exit 1
		fi
		grep -h 'elapsed' "$log" | tail -n 1 | sed 's/^/    /'
	done
done
echo "soak: all passed"
