package web

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/csv"
	"encoding/hex"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"reviewdesk/audit"
	"reviewdesk/db"
	"reviewdesk/review"
)

var update = flag.Bool("update", false, "write the golden files anew")

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil || !bytes.Equal(got, want) {
		t.Errorf("%s differs (%v); got:\n%s", path, err, got)
	}
}

func TestCellsAreQuotedAndDefused(t *testing.T) {
	var b bytes.Buffer
	for _, cell := range []string{
		"", "plain", `says "hello"`, "comma, semicolon;", "=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "\nx", "\x00x", "＝1", "＋1", "－1", "＠x",
		"two\r\nlines", "two\nlines", "two\rlines", "line\u2028separator", "next\u0085line", "inside = sign", " =leading space", "ünïcödé ✓ 名前", "bad \xff byte",
		"'=already", "a\x00b", `=HYPERLINK("https://evil.example","x")`, `=cmd|' /C calc'!A0`,
	} {
		csvLine(&b, []string{"x", cell, "y"})
	}
	golden(t, "cells.csv", b.Bytes())
	records, err := csv.NewReader(bytes.NewReader(b.Bytes())).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range records {
		if len(r) != 3 || r[0] != "x" || r[2] != "y" || strings.ContainsAny(r[1], "\r\n\x00") || r[1] != "" && strings.ContainsRune(formulaStarts, []rune(r[1])[0]) {
			t.Errorf("read as %q", r)
		}
	}
	for line := range bytes.Lines(b.Bytes()) {
		if !bytes.HasPrefix(line, []byte(`"x",`)) || !bytes.HasSuffix(line, []byte("\"y\"\r\n")) {
			t.Errorf("a line of its own: %q", line)
		}
	}
}

// filled is a desk with one case of each kind that an export tells apart.
func filled(t *testing.T) *testDesk {
	d := newTestDesk(t)
	ana, sol := d.Person("Ana Quiroga", review.RoleReviewer), d.Person("Sol Ibarra", review.RoleSenior)
	d.Cybrid(1, "=HYPERLINK(\"https://evil.example\") Zoila\r\nQuispe", "id_check_failure")
	approved := d.Cybrid(2, "Tomás Ñandú", "id_quality_check_failure")
	rejected := d.Coinify(3, "Mei 李", "ERROR_NOT_READABLE_ID.MISSING_BACK")
	proposed := d.Coinify(4, "\u202eevil\u202c Name", "DENIED_YOUNGER_THAN_18_YEARS")
	agreed := d.Coinify(6, "Agreed On", "ERROR_NOT_READABLE_ID.SAMPLE_DOCUMENT")
	claimed := d.Cybrid(5, "Claimed One", "id_mrz_check_failure")
	d.decide(ana, approved, review.Approve)
	d.decide(ana, rejected, review.Reject)
	d.decide(ana, proposed, review.Reject)
	d.decide(ana, agreed, review.Reject)
	v, err := d.Peek(t.Context(), agreed)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.Confirm(t.Context(), sol, agreed, v.Version, "Seen the specimen mark, too."); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Claim(t.Context(), sol, claimed); err != nil {
		t.Fatal(err)
	}
	return d
}

func (d *testDesk) decide(by db.Actor, id string, action review.Action) {
	d.t.Helper()
	v, err := d.Peek(d.t.Context(), id)
	if err != nil {
		d.t.Fatal(err)
	}
	decision := review.Decision{Action: action, Version: v.Version, Grounds: []string{"other"}, Note: "Looked at it from every side.", Resolutions: map[string]review.Resolution{}}
	for _, f := range v.Findings {
		decision.Resolutions[f.Code] = map[review.Action]review.Resolution{review.Approve: review.Cleared, review.Reject: review.Upheld}[action]
	}
	if _, err := d.Decide(d.t.Context(), by, id, decision, ""); err != nil {
		d.t.Fatal(err)
	}
}

func (d *testDesk) export(what, format, query string) string {
	d.t.Helper()
	q, err := url.ParseQuery(query)
	if err != nil {
		d.t.Fatal(err)
	}
	x, err := NewExportRequest(what, format, q, "")
	if err != nil {
		d.t.Fatal(err)
	}
	var b strings.Builder
	if _, err := Export(d.t.Context(), d.DB, db.System("export"), x, &b); err != nil {
		d.t.Fatal(err)
	}
	return b.String()
}

func TestVerificationsAsCSV(t *testing.T) {
	d := filled(t)
	all := d.export(ExportVerifications, FormatCSV, "status=all")
	golden(t, "verifications.csv", []byte(all))
	golden(t, "verifications.ndjson", []byte(d.export(ExportVerifications, FormatNDJSON, "status=all")))
	for _, name := range []string{"Quispe", "Zoila", "Tomás", "Ñandú", "desk.example", "1990-0", "X0"} {
		if strings.Contains(all, name) {
			t.Errorf("%q is not masked", name)
		}
	}
	if got := d.export(ExportVerifications, FormatCSV, "status=all&bom=1"); got != "\uFEFF"+all {
		t.Error("the byte order mark is not all that bom=1 adds")
	}
}

func TestAnExportIsNarrowedLikeThePage(t *testing.T) {
	d := filled(t)
	for query, want := range map[string]int{
		"": 6, "status=in_review": 2, "status=all": 6, "status=decided": 3, "status=second_review": 1, "status=open": 3, "provider=coinify&status=all": 3, "severity=critical&status=all": 2,
		"code=id_mrz_check_failure": 1, "country=es": 6, "country=fr": 0, "owner=none&status=in_review": 1, "q=claim": 1, "from=2026-11-22&to=2026-11-22": 6, "to=2026-11-21": 0, "from=2026-11-23": 0,
	} {
		if got := strings.Count(d.export(ExportVerifications, FormatNDJSON, query), "\n"); got != want {
			t.Errorf("%q exports %d rows, want %d", query, got, want)
		}
	}
}

func TestTheAuditLogAsCSVAndRaw(t *testing.T) {
	d := filled(t)
	records, err := csv.NewReader(strings.NewReader(d.export(ExportAudit, FormatCSV, ""))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(records[0], " "); got != "seq time actor actor_name role action object before after facts address request session leaf_hash" {
		t.Errorf("columns %s", got)
	}
	entries := d.events(review.EventFilter{})
	raw := strings.Split(strings.TrimSuffix(d.export(ExportAudit, FormatRaw, ""), "\n"), "\n")
	for i, r := range records[1:] {
		e := entries[i]
		if r[0] != strconv.Itoa(i+1) || r[1] != e.Time.Format("2006-01-02T15:04:05.000Z") || r[2] != e.Actor.ID || r[5] != e.Action || r[13] != hex.EncodeToString(e.Leaf[:]) {
			t.Errorf("event %d is written as %q", i+1, r)
		}
		var line struct {
			Seq   int64
			Entry string
		}
		if err := json.Unmarshal([]byte(raw[i]), &line); err != nil {
			t.Fatal(err)
		}
		body, err := base64.StdEncoding.DecodeString(line.Entry)
		if parsed, parseErr := audit.Parse(body); err != nil || parseErr != nil || line.Seq != e.Seq || parsed.Seq != e.Seq || !bytes.Equal(body, e.Body) {
			t.Errorf("entry %d does not come back: %v %v", i+1, err, parseErr)
		}
	}
	decided := d.export(ExportAudit, FormatCSV, "kind=decided")
	if !strings.Contains(decided, "in_review (version 1)") || !strings.Contains(decided, "passed (version 2)") || !strings.Contains(decided, "action=approve") {
		t.Errorf("the decisions say %s", decided)
	}
	if strings.Contains(decided, "every side") {
		t.Error("a note left the desk")
	}
	one := d.Cybrid(77, "Someone", "id_check_failure")
	if got := d.export(ExportAudit, FormatNDJSON, "case="+strings.ReplaceAll(one, "-", "")); strings.Count(got, "\n") != 1 || !strings.Contains(got, one) {
		t.Errorf("one case's events: %s", got)
	}
}

func TestAWrongFilterIsToldByItsField(t *testing.T) {
	for query, field := range map[string]string{
		"provider=persona": "provider", "severity=bad": "severity", "status=reviewing": "status", "sort=name": "sort", "country=ESP": "country", "country=1": "country",
		"owner=ana": "owner", "owner=me": "owner", "from=yesterday": "from", "from=2026-02-30": "from", "to=2026-1-1": "to", "from=2026-02-02&to=2026-02-01": "to",
		"code=a+b": "code", "code=" + strings.Repeat("x", 101): "code", "q=" + strings.Repeat("x", 201): "q", "q=%ff": "q", "provider=cybrid&provider=coinify": "provider",
	} {
		q, err := url.ParseQuery(query)
		if err != nil {
			t.Fatal(err)
		}
		var bad review.Invalid
		if _, err := ParseFilter(q); !errors.As(err, &bad) || len(bad) != 1 || bad[field] == "" {
			t.Errorf("%s: %v, want a word on %s", query, err, field)
		}
	}
	for query, field := range map[string]string{
		"actor=Ana": "actor", "kind=decide": "kind", "from=x": "from", "case=" + strings.Repeat("x", 101): "case", "kind=decided&kind=noted": "kind",
	} {
		q, _ := url.ParseQuery(query)
		var bad review.Invalid
		if _, err := ParseEventFilter(q); !errors.As(err, &bad) || len(bad) != 1 || bad[field] == "" {
			t.Errorf("%s: %v, want a word on %s", query, err, field)
		}
	}
	d := newTestDesk(t)
	b, _ := d.signedIn(review.RoleAuditor)
	for _, path := range []string{"/export/verifications.csv?severity=bad", "/export/audit.csv?kind=bad", "/export/audit.csv?case=none"} {
		w := b.get(path)
		if wantStatus(t, w, http.StatusUnprocessableEntity); w.Header().Get("Content-Disposition") != "" {
			t.Errorf("%s begins a file", path)
		}
	}
	if n := len(d.events(review.EventFilter{Kind: review.EventExported})); n != 0 {
		t.Errorf("%d exports recorded that were none", n)
	}
}

// client is a real HTTP client, signed in.
func (d *testDesk) client(role review.Role) (*http.Client, string) {
	d.t.Helper()
	addr := d.listen()
	b, _ := d.signedIn(role)
	return &http.Client{Transport: cookied{"desk_session=" + b.cookies["desk_session"]}}, "http://" + addr
}

type cookied struct{ cookie string }

func (c cookied) RoundTrip(r *http.Request) (*http.Response, error) {
	r.Header.Set("Cookie", c.cookie)
	return http.DefaultTransport.RoundTrip(r)
}

func TestTheTrailerAndTheLogAgreeOnWhatWasSent(t *testing.T) {
	d := filled(t)
	client, base := d.client(review.RoleAuditor)
	for path, what := range map[string]string{"/export/verifications.csv?status=all&q=Claimed": ExportVerifications, "/export/audit.csv": ExportAudit} {
		answer, err := client.Get(base + path)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(answer.Body)
		answer.Body.Close()
		if err != nil || answer.StatusCode != http.StatusOK {
			t.Fatalf("%d %v", answer.StatusCode, err)
		}
		sum := sha256.Sum256(body)
		digest, rows := hex.EncodeToString(sum[:]), strconv.Itoa(bytes.Count(body, []byte("\r\n"))-1)
		if answer.Trailer.Get("X-Row-Count") != rows || answer.Trailer.Get("X-Content-SHA256") != digest {
			t.Errorf("%s: trailer %v, want %s rows and %s", path, answer.Trailer, rows, digest)
		}
		if got := answer.Header.Get("Content-Disposition"); got != `attachment; filename="reviewdesk-`+what+`-`+d.Now().Format("20060102T150405Z")+`.csv"` {
			t.Errorf("%s: %s", path, got)
		}
		if got := answer.Header.Get("Content-Type"); got != "text/csv; charset=utf-8; header=present" {
			t.Errorf("%s: %s", path, got)
		}
		log := d.events(review.EventFilter{Kind: review.EventExported})
		started, finished := factsOf(log[len(log)-2]), factsOf(log[len(log)-1])
		if started["stage"] != "started" || started["what"] != what || finished["stage"] != "finished" || finished["rows"] != rows || finished["sha256"] != digest {
			t.Errorf("%s: the log says %v and %v", path, started, finished)
		}
		if words, err := d.Words(t.Context(), log[len(log)-1].Seq); err != nil || what == ExportVerifications && words["filter"] != "q=Claimed&status=all" {
			t.Errorf("%s: the filter is recorded as %v, %v", path, words, err)
		}
	}
}

func TestAnExportThatCannotBeFinishedBreaksOff(t *testing.T) {
	d := newTestDesk(t)
	for i := range 40 {
		d.Cybrid(i+1, fmt.Sprintf("Person %d", i), "id_check_failure")
	}
	x, _ := NewExportRequest(ExportVerifications, FormatCSV, url.Values{}, "")
	record, err := Export(t.Context(), d.DB, db.System("export"), x, failingWriter{})
	if err == nil || record.Stage != "aborted" {
		t.Errorf("%+v %v", record, err)
	}
	log := d.events(review.EventFilter{Kind: review.EventExported})
	if len(log) != 2 || factsOf(log[1])["stage"] != "aborted" {
		t.Errorf("the log says %v", log)
	}
}

type failingWriter struct{}

func (failingWriter) Write([]byte) (int, error) { return 0, errors.New("the reader left") }

func TestAnExportCutShortIsNeverTakenForWhole(t *testing.T) {
	d := newTestDesk(t)
	client, base := d.client(review.RoleAuditor)
	d.server.mux.Handle("GET /cut", d.server.guarded(Route{Who: export, handle: func(s *Server) handlerFunc {
		return func(w http.ResponseWriter, r *http.Request) error {
			file := &fileAnswer{w: w, control: http.NewResponseController(w), name: "x.csv", kind: exportKinds[FormatCSV]}
			if _, err := file.Write([]byte("\"half\"\r\n")); err != nil {
				return err
			}
			panic(http.ErrAbortHandler)
		}
	}}))
	answer, err := client.Get(base + "/cut")
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if _, err := io.ReadAll(answer.Body); err == nil {
		t.Error("half a file came to a clean end")
	}
}

func TestAnExportOutlivesTheServersTimeOuts(t *testing.T) {
	d := newTestDesk(t)
	const short = 30 * time.Millisecond
	addr := d.listen(func(s *http.Server) { s.ReadTimeout, s.WriteTimeout = short, short })
	d.server.mux.Handle("GET /slow", d.server.guarded(Route{Who: everybody, handle: func(*Server) handlerFunc {
		return func(w http.ResponseWriter, r *http.Request) error {
			file := &fileAnswer{w: w, control: http.NewResponseController(w), name: "x.csv", kind: exportKinds[FormatCSV]}
			late := time.After(5 * short)
			for {
				if _, err := file.Write([]byte("row\r\n")); err != nil {
					return err
				}
				select {
				case <-r.Context().Done():
					panic(http.ErrAbortHandler)
				case <-late:
					return nil
				}
			}
		}
	}}))
	answer, err := http.Get("http://" + addr + "/slow")
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if body, err := io.ReadAll(answer.Body); err != nil {
		t.Errorf("cut off after %d bytes: %v", len(body), err)
	}
}

func TestOnlySoManyExportsRunAtOnce(t *testing.T) {
	d := newTestDesk(t)
	b, _ := d.signedIn(review.RoleAuditor)
	for range mostExports {
		d.server.exporting <- struct{}{}
	}
	w := b.get("/export/audit.csv")
	if wantStatus(t, w, http.StatusTooManyRequests); w.Header().Get("Retry-After") != "60" {
		t.Errorf("Retry-After %q", w.Header().Get("Retry-After"))
	}
	<-d.server.exporting
	for range 3 { // each gives its place back
		wantStatus(t, b.get("/export/audit.csv"), http.StatusOK)
	}
}

func TestExportsAreFetchedByPeopleOnTheDeskOnly(t *testing.T) {
	d := newTestDesk(t)
	b, _ := d.signedIn(review.RoleAdmin)
	r := b.request("GET", "/export/audit.csv", nil)
	r.Header.Set("Sec-Fetch-Site", "cross-site")
	wantStatus(t, b.send(r), http.StatusForbidden)
	wantStatus(t, b.send(b.request("HEAD", "/export/audit.csv", nil)), http.StatusMethodNotAllowed)
	if n := len(d.events(review.EventFilter{Kind: review.EventExported})); n != 0 {
		t.Errorf("%d exports recorded", n)
	}
}
