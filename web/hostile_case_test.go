package web

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/a-h/templ"

	"reviewdesk/db"
	"reviewdesk/review"
	"reviewdesk/review/providers"
)

func TestHostileTextBreaksNoFormOfACase(t *testing.T) {
	t.Parallel()
	d := newTestDesk(t)
	ana, mei := d.officer("Ana Quiroga", review.RoleReviewer), d.officer("Mei Tan", review.RoleSenior)
	plain, second, coinify := d.rich(1, "Ines Moreau", plainCode, graveCode), d.rich(2, "Olu Adebayo", graveCode), d.Coinify(3, "Viktor Hahn", coinifyCode)
	wantStatus(t, ana.decide(second, "reject", "finding."+graveCode, "upheld"), http.StatusSeeOther)
	at := func(id, act string) string { return "/verifications/" + id + "/" + act }
	for _, form := range []struct {
		who    *browser
		path   string
		fields []string
	}{
		{ana, at(plain, "decision"), []string{"action", "version", "ground", "note", "finding." + graveCode, "reject_reason", "submission", "return", "n", "panel"}},
		{ana, at(coinify, "decision"), []string{"reject_reason", "finding." + coinifyCode}},
		{ana, at(plain, "note"), []string{"note", "add_note", "panel", "return"}},
		{ana, at(plain, "reveal"), []string{"field", "reason", "reason.email", "panel", "return"}},
		{ana, at(plain, "release"), []string{"return", "n", "panel", "note"}},
		{mei, at(second, "confirm"), []string{"version", "note", "return", "submission"}},
		{mei, at(second, "return"), []string{"version", "return"}},
	} {
		for _, bad := range hostileTexts {
			for _, field := range form.fields {
				// Everything but the field is in order, and one thing keeps it from being done.
				values := url.Values{"action": {"reject"}, "version": {"999"}, "note": {"short"}, "ground": {"other"}}
				values.Set(field, bad)
				wantSound(t, fmt.Sprintf("%s %s=%.40q", form.path, field, bad), form.who.submit(form.path, values))
			}
			values := url.Values{"action": {"reject"}, "version": {"999"}, "finding." + bad: {bad}, bad: {bad}}
			wantSound(t, fmt.Sprintf("%s a field named %.40q", form.path, bad), form.who.submit(form.path, values))
		}
	}
	for _, bad := range hostileTexts {
		wantSound(t, "/queue/next", ana.post("/queue/next", "return", bad, "code", bad, "q", bad))
	}
}

// TestHostileTextFromAProviderIsKeptAsItCameAndNeverSentRaw puts each text into
// every field of an object in turn: it is refused in words, or kept byte for byte and
// shown with its tricks made visible.
func TestHostileTextFromAProviderIsKeptAsItCameAndNeverSentRaw(t *testing.T) {
	t.Parallel()
	d := newTestDesk(t)
	ana, iris := d.officer("Ana Quiroga", review.RoleReviewer), d.officer("Iris Roth", review.RoleAuditor)
	n, refused := 0, 0
	for _, bad := range hostileTexts {
		if utf8.RuneCountInString(bad) > 10_000 {
			bad = bad[:10_000]
		}
		for _, in := range []struct {
			provider review.Provider
			object   func(id string, quoted string) string
		}{
			{review.Cybrid, func(id, q string) string {
				return fmt.Sprintf(`{"guid":%q,"type":%[2]s,"method":%[2]s,"customer_guid":%[2]s,"persona_state":%[2]s,"created_at":"2026-11-22T08:00:00Z","updated_at":"2026-11-22T08:00:00Z",
					"state":"reviewing","outcome":null,"failure_codes":["selfie_failure"],"compliance_checks":[{"type":%[2]s,"outcome":"passed"}],
					"pii":{"name":{"full":%[2]s},"address":{"street":%[2]s,"city":%[2]s,"country_code":"ES"},"phone_number":%[2]s,"email_address":%[2]s,"occupation":%[2]s,
					"identification_numbers":[{"type":%[2]s,"identification_number":%[2]s}]},"documents":[{"type":%[2]s}],"unheard_of":%[2]s,
					"reviewdesk":{"reference":%[2]s,"subject":{"country":%[2]s},"documents":[{"kind":%[2]s,"country":%[2]s,"read":{"name":%[2]s,"number":%[2]s,"address":%[2]s},"mrz":[%[2]s]}],"registry":{"name":%[2]s},"passed":[%[2]s]}}`, id, q)
			}},
			{review.Cybrid, func(id, q string) string {
				return fmt.Sprintf(`{"guid":%q,"created_at":"2026-11-22T08:00:00Z","updated_at":"2026-11-22T08:00:00Z","state":"reviewing","failure_codes":[%[2]s],"reviewdesk":{"findings":[%[2]s]}}`, id, q)
			}},
			{review.Coinify, func(id, q string) string {
				return fmt.Sprintf(`{"id":"%s-%s-%s-%s-%s","state":"rejected","createTime":"2026-11-22T08:00:00.000Z","redirectUrl":%[6]s,"returnUrl":%[6]s,"rejectReason":"MANUAL_REVIEW","reviewdesk":{"subject":{"name":%[6]s,"email":%[6]s}}}`,
					id[:8], id[8:12], id[12:16], id[16:20], id[20:], q)
			}},
		} {
			n++
			object := in.object(fmt.Sprintf("bad0%028x", n), jsonText(bad))
			vocabulary, err := providers.All.Of(in.provider)
			if err != nil {
				t.Fatal(err)
			}
			v, _, err := vocabulary.Parse([]byte(object))
			if err != nil {
				refused++
				if len(bad) > 3 && strings.Contains(err.Error(), bad) {
					t.Errorf("the refusal quotes it: %v", err)
				}
				continue
			}
			if _, err := d.Receive(t.Context(), db.System("import"), []db.Incoming{{Verification: v}}); err != nil {
				t.Errorf("%.40q: %v", bad, err)
				continue
			}
			held, err := d.Peek(t.Context(), v.ID)
			if err != nil || string(held.Object) != string(v.Object) {
				t.Errorf("%.40q: kept %s, %v", bad, held.Object, err)
			}
			for who, paths := range map[*browser][]string{
				ana:  {"/verifications/" + v.ID, "/queue?q=id:" + url.QueryEscape(v.ProviderID[:8]), "/queue?sort=newest", "/audit"},
				iris: {"/verifications/" + v.ID, "/audit?case=" + v.ID},
			} {
				for _, path := range paths {
					w := who.get(path)
					wantStatus(t, w, http.StatusOK)
					// A form's fields go by the code as it came; no browser shows that.
					raw := strings.NewReplacer(`name="finding.`+templ.EscapeString(bad), `name="`, `name="evidence.`+templ.EscapeString(bad), `name="`, `value="`+templ.EscapeString(bad), `value="`)
					w.Body = bytes.NewBufferString(raw.Replace(w.Body.String()))
					wantSound(t, fmt.Sprintf("%s with %.40q", path, bad), w)
				}
			}
		}
	}
	for _, path := range []string{"/export/verifications.csv?status=all", "/export/audit.csv"} {
		w := iris.get(path)
		wantStatus(t, w, http.StatusOK)
		for _, line := range strings.Split(w.Body.String(), "\r\n")[1:] {
			for _, cell := range strings.Split(line, `","`) {
				if cell = strings.TrimPrefix(cell, `"`); cell != "" && strings.ContainsAny(cell[:1], "=+@\t\r") {
					t.Errorf("%s: a cell begins with %.20q", path, cell)
				}
			}
		}
	}
	if refused == 0 || refused == n {
		t.Errorf("%d of %d were refused", refused, n)
	}
	if report := d.CheckLog(t.Context()); report.ExitCode() != 0 {
		t.Error(report.Sentence())
	}
}

// jsonText is a text as JSON; bytes that are no text go out as they are, as a
// careless sender would.
func jsonText(s string) string {
	if !utf8.ValidString(s) {
		return `"` + s + `"`
	}
	b, _ := json.Marshal(s) // a text always can be
	return string(b)
}
