package web

import (
	"strings"
	"testing"
	"time"

	"reviewdesk/views"
)

func TestAPauseIsSaidInWordsAndNeverTooShort(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0: "a second", time.Second: "a second", 1500 * time.Millisecond: "2 seconds", 59 * time.Second: "59 seconds", time.Minute: "a minute",
		91 * time.Second: "2 minutes", 15 * time.Minute: "15 minutes", 89*time.Minute + time.Second: "90 minutes", 2 * time.Hour: "2 hours",
	} {
		if got := waitWords(d); got != want {
			t.Errorf("%s is %q, want %q", d, got, want)
		}
	}
}

func TestInitials(t *testing.T) {
	for name, want := range map[string]string{
		"Ana Quiroga": "AQ", "Ana María Quiroga López": "AL", "ana": "A", "李 明": "李明", "": "?", "\u202e": "?", "-- x": "X", "d'Artagnan Óscar": "DÓ",
	} {
		if got := initials(name); got != want {
			t.Errorf("%q has %q, want %q", name, got, want)
		}
	}
}

func TestThousandsHaveAThinSpace(t *testing.T) {
	for n, want := range map[int64]string{0: "0", 999: "999", 1000: "1|000", -1234567: "-1|234|567", 12345: "12|345"} {
		if got := strings.ReplaceAll(thousands(n), thinSpace, "|"); got != want {
			t.Errorf("%d is %q, want %q", n, got, want)
		}
	}
}

func TestTimesAreShownInTheReadersZoneWithUTCBeside(t *testing.T) {
	madrid := time.FixedZone("CET", 3600)
	now := time.Date(2026, 11, 22, 23, 30, 0, 0, time.UTC) // the 23rd in Madrid
	for at, want := range map[time.Time]string{
		now: "just now", now.Add(-59 * time.Second): "just now", now.Add(-20 * time.Minute): "20 min ago", now.Add(-23*time.Hour - 59*time.Minute): "23 h ago",
		now.Add(time.Minute): "00:31", now.Add(-24 * time.Hour): "Yesterday, 00:30", now.Add(-25 * time.Hour): "21 Nov, 23:30", now.AddDate(-1, 0, 0): "23 Nov 2025, 00:30",
	} {
		if got := moment(at, now, madrid); got.Text != want {
			t.Errorf("%s is shown as %q, want %q", at, got.Text, want)
		}
	}
	if got := stamp(now.Add(-2*time.Hour), now, madrid); got.Text != "Yesterday, 22:30" || got.Ago {
		t.Errorf("a clock is shown as %+v", got)
	}
	got := moment(now, now, madrid)
	if got.ISO != "2026-11-22T23:30:00.000Z" || got.Title != "22 November 2026, 23:30:00 UTC" {
		t.Errorf("%+v", got)
	}
	if moment(time.Time{}, now, madrid) != (views.Time{}) {
		t.Error("no time is shown as some time")
	}
}

func TestOnlyOurOwnPathsAreLocal(t *testing.T) {
	for _, path := range []string{"/", "/queue", "/queue?next=//evil.example", "/verifications/1?x=https://evil.example#y", "/a//b"} {
		if got := localPath(path, "no"); got != path {
			t.Errorf("%q became %q", path, got)
		}
	}
	for _, path := range []string{"", "x", "//x", "/\\x", "\\x", "http:/x", "/x\\y", "/\x00", "/\u007f", "/x y", "/%zz", "/\xff", "?x", "#x"} {
		if got := localPath(path, "no"); got != "no" {
			t.Errorf("%q passed as %q", path, got)
		}
	}
}
