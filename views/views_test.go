package views

import (
	"bytes"
	"context"
	"maps"
	"math"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"github.com/a-h/templ"
)

// pages are all pages, each from an empty and from a full struct.
func pages() map[string]templ.Component {
	page := fullPage("Title")
	outside := page
	outside.Me, outside.Nav, outside.Saved = nil, nil, nil
	outside.Flash, outside.Sealed = []Flash{{"ok", "Signed out."}, {"bad", "Your session has ended."}}, "The log does not match."
	noisy := page
	noisy.Flash, noisy.Sealed = []Flash{{"ok", "Approved."}, {"warn", "Taken by Mei Tan."}}, "The log does not match."
	noisy.Prefs = Prefs{Theme: "dark", Density: "compact", Zone: "UTC", Keys: "off"}

	out := map[string]templ.Component{
		"queue empty": Queue(QueuePage{}), "queue full": Queue(sampleQueue().with(noisy)),
		"case empty": Case(CasePage{}), "case full": Case(sampleCase().with(page)),
		"audit empty": Audit(AuditPage{}), "audit full": Audit(sampleAudit().with(page)),
		"event empty": AuditEvent(AuditEventPage{}), "event full": AuditEvent(fullEvent(page)),
		"people empty": People(PeoplePage{}), "people full": People(fullPeople(page)),
		"admin empty": Admin(AdminPage{}), "admin full": Admin(fullAdmin(page)),
		"clients empty": Clients(ClientsPage{}), "clients full": Clients(fullClients(page)),
		"webhooks empty": Webhooks(WebhooksPage{}), "webhooks full": Webhooks(fullWebhooks(page)),
		"webhook empty": Endpoint(EndpointPage{}), "webhook full": Endpoint(fullEndpoint(page)),
		"error empty": Error(ErrorPage{}), "error full": Error(ErrorPage{Page: page, Status: 404, Heading: "No such page", Text: "Look again.", Action: Link{Label: "Queue", Href: "/queue"}}),
		"signin empty":      SignIn(SignInPage{}),
		"signin full":       SignIn(SignInPage{Page: outside, Email: "a@b.example", Error: "Not right.", Next: "/queue", Demo: []DemoPerson{{"Ana", "ana@demo.example", "x", "Reviewer"}, {"Sam", "sam@demo.example", "y", "Admin"}}}),
		"setpassword empty": SetPassword(SetPasswordPage{}),
		"setpassword full":  SetPassword(SetPasswordPage{Page: outside, Name: "Ana", Email: "ana@b.example", Action: "/once/x", Errors: []FieldError{{"again", "again", "Not the same."}}}),
		"components": Components(func() ComponentsPage {
			c := SampleComponents()
			c.Page = page
			return c
		}()),
	}
	decided := sampleQueue().with(page)
	decided.Decided = true
	out["decided full"] = Queue(decided)
	filtered := QueuePage{Page: page, Heading: "Queue", Filters: 2, ClearHref: "/queue", Unfiltered: "42 cases wait"}
	out["queue filtered"] = Queue(filtered)
	for _, mode := range []string{"second", "waiting", "decided", "read", "closed"} {
		c := sampleCase().with(page)
		c.Pictures = []Picture{{ID: "document_front", Href: "/f", Caption: "Front", Kind: "document_front", Wide: true}, {Href: "/s", Caption: "Selfie", Kind: "selfie"}}
		c.Panel = Panel{Mode: mode, Proposal: sampleWord(), Confirm: sampleWord(), Explain: "Why.", Submission: "s"}
		out["case "+mode] = Case(c)
	}
	standing := Undo{ID: "7f3a", Text: "IV-7F3A-0418 rejected.", Label: "Undo", Until: at("2026-11-22T09:38:10Z", "10:38:10", "2026-11-22 09:38:10"), Left: "0:10"}
	done := sampleCase().with(page)
	done.Panel, done.Claim = Panel{Mode: "decided", Proposal: sampleWord()}, ClaimBox{State: "theirs", Owner: ana, Until: standing.Until, Left: "0:10", MayTake: true}
	done.Acts = Acts{Undo: &standing, NextList: "/queue", Wake: true, Reopen: &ActForm{Act: "reopen", Title: "Reopen", Icon: "undo", Button: "Ask", Label: "Why", Name: "reason"}}
	out["case done"] = Case(done)
	done.Acts = Acts{Answer: &ActForm{Act: "reopen", Answers: true, Label: "Your note", Name: "note"}}
	done.Page.Undo = &standing
	out["case to reopen"] = Case(done)
	wrong := sampleCase().wrong().with(page)
	wrong.Conflict, wrong.RevealError, wrong.NoteError = "Somebody was first.", "Say why.", "Too short."
	wrong.Findings[1].Error = "A grave finding needs your own word."
	wrong.Panel.CanApprove, wrong.Panel.Blocked = false, "Nothing to approve."
	wrong.Panel.Reasons = []Option{{"DENIED", "DENIED", true}}
	out["case errors"] = Case(wrong)
	maps.Copy(out, strangersPages(outside))
	maps.Copy(out, addedPages(page))
	maps.Copy(out, keptFixtures(page))
	return out
}

func render(t *testing.T, c templ.Component) *goquery.Document {
	t.Helper()
	var b bytes.Buffer
	if err := c.Render(context.Background(), &b); err != nil {
		t.Fatal(err)
	}
	doc, err := goquery.NewDocumentFromReader(&b)
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

func TestPagesObeyThePolicy(t *testing.T) {
	for name, c := range pages() {
		t.Run(name, func(t *testing.T) {
			doc := render(t, c)
			if n := doc.Find("[style], style").Length(); n > 0 {
				t.Errorf("%d inline styles", n)
			}
			doc.Find("script").Each(func(_ int, s *goquery.Selection) {
				if _, ok := s.Attr("src"); !ok || strings.TrimSpace(s.Text()) != "" {
					t.Errorf("inline script: %s", s.Text())
				}
			})
			doc.Find("*").Each(func(_ int, s *goquery.Selection) {
				for _, a := range s.Nodes[0].Attr {
					if strings.HasPrefix(a.Key, "on") || strings.HasPrefix(strings.TrimSpace(a.Val), "javascript:") {
						t.Errorf("<%s %s=%q>", s.Nodes[0].Data, a.Key, a.Val)
					}
				}
			})
		})
	}
}

func TestPagesCanBeRead(t *testing.T) {
	for name, c := range pages() {
		t.Run(name, func(t *testing.T) {
			doc := render(t, c)
			if n := doc.Find("h1").Length(); n != 1 && name != "queue empty" {
				t.Errorf("%d h1", n)
			}
			if doc.Find("html[lang]").Length() != 1 || doc.Find("title").Length() != 1 || doc.Find("main#main").Length() != 1 {
				t.Error("no language, title or main")
			}
			ids := map[string]bool{}
			doc.Find("[id]").Each(func(_ int, s *goquery.Selection) {
				if id := s.AttrOr("id", ""); ids[id] {
					t.Errorf("id %q stands twice", id)
				} else {
					ids[id] = true
				}
			})
			doc.Find("[aria-describedby], [aria-labelledby], label[for], [form], [commandfor]").Each(func(_ int, s *goquery.Selection) {
				for _, a := range []string{"aria-describedby", "aria-labelledby", "for", "form", "commandfor"} {
					for _, id := range strings.Fields(s.AttrOr(a, "")) {
						if !ids[id] && (a != "form" || name == "case full" || name == "case errors") {
							t.Errorf("%s names %q, which is not there", a, id)
						}
					}
				}
			})
			doc.Find("input:not([type=hidden]), select, textarea").Each(func(_ int, s *goquery.Selection) {
				id := s.AttrOr("id", "")
				labelled := s.AttrOr("aria-label", "") != "" || s.Closest("label").Length() > 0 ||
					(id != "" && doc.Find(`label[for="`+id+`"]`).Length() > 0)
				if !labelled {
					t.Errorf("field %q has no label", s.AttrOr("name", id))
				}
			})
			doc.Find("img:not([alt])").Each(func(_ int, s *goquery.Selection) { t.Errorf("img %q has no alt", s.AttrOr("src", "")) })
			doc.Find("button, a[href], summary").Each(func(_ int, s *goquery.Selection) {
				if strings.TrimSpace(s.Text()) == "" && s.AttrOr("aria-label", "") == "" && s.Find("img[alt]").Length() == 0 {
					h, _ := goquery.OuterHtml(s)
					t.Errorf("control without a name: %s", h)
				}
			})
			doc.Find("table").Each(func(_ int, s *goquery.Selection) {
				if s.Find("caption").Length() != 1 || s.Find("thead th:not([scope])").Length() > 0 {
					t.Error("table without caption or scopes")
				}
			})
			doc.Find("use").Each(func(_ int, s *goquery.Selection) {
				ref := s.AttrOr("href", "")
				if id := ref[strings.Index(ref, "#")+1:]; !strings.Contains(sprite(t), `id="`+id+`"`) && id != "i-" {
					t.Errorf("the sprite has no %q", id)
				}
			})
		})
	}
}

var spriteText string

func sprite(t *testing.T) string {
	if spriteText == "" {
		b, err := os.ReadFile("../static/icons.svg")
		if err != nil {
			t.Fatal(err)
		}
		spriteText = string(b)
	}
	return spriteText
}

func TestDecisionFormPostsWhatTheServerReads(t *testing.T) {
	doc := render(t, Case(sampleCase().with(fullPage("Case"))))
	form := doc.Find("form#decision[data-decision]")
	if got := form.AttrOr("action", ""); !strings.HasSuffix(got, "/decision") || form.AttrOr("method", "") != "post" {
		t.Errorf("the decision goes to %q", got)
	}
	for _, q := range []string{
		`input[name=action][value=approve]`, `input[name=action][value=reject]`, `input[name=version][value="3"]`,
		`input[name=submission]`, `textarea#note[name=note]`, `[data-grounds=approve] input[name=ground][value=false_alarm]`,
		`[data-grounds=reject] input[name=ground][value=already_customer]`, `button[data-confirm]`,
	} {
		if form.Find(q).Length() != 1 {
			t.Errorf("the form has %d of %s", form.Find(q).Length(), q)
		}
	}
	if n := doc.Find(`input[type=radio][form=decision][name="finding.id_mrz_check_failure"]`).Length(); n != 3 {
		t.Errorf("%d words on a finding", n)
	}
}

// The help promises only keys that a control of the page carries, or that the script
// has for what stands on the page.
func TestTheHelpNamesOnlyKeysThatWork(t *testing.T) {
	own := map[string]string{"j": "[data-row]", "k": "[data-row]", "↵": "[data-row], #note", "[": "[data-thumb]", "]": "[data-thumb]", "ctrl": "#palette", "esc": "#note", "?": "#keys-help", "a": "[value=approve]:not([disabled])"}
	for name, c := range pages() {
		doc := render(t, c)
		doc.Find("#keys-help .keymap dd").Each(func(_ int, dd *goquery.Selection) {
			key := strings.ToLower(dd.Find("kbd").First().Text())
			if key == "g" || strings.HasPrefix(key, "−") {
				return
			}
			found := doc.Find(`[aria-keyshortcuts="`+key+`"]`).Length() > 0
			if key == "shift" {
				found = doc.Find(`[aria-keyshortcuts="Shift+`+dd.Find("kbd").Eq(1).Text()+`"]`).Length() > 0
			}
			if where, known := own[key]; known {
				found = found || doc.Find(where).Length() > 0
			}
			if !found {
				t.Errorf("%s: the help promises %q, and nothing takes it", name, key)
			}
		})
		doc.Find("#keys-help kbd").Each(func(_ int, k *goquery.Selection) {
			if later := k.Text(); later == "X" {
				t.Errorf("%s: the help promises %q", name, later)
			}
		})
	}
}

func TestTextFromOutsideIsEscaped(t *testing.T) {
	c := sampleCase().with(fullPage("Case"))
	c.Name = `<script>alert(1)</script>"onload=x`
	c.History[0].Note = `</textarea><img src=x onerror=alert(1)>`
	c.Panel.Note = c.History[0].Note
	doc := render(t, Case(c))
	if doc.Find("h1 script, [onerror], [onload]").Length() != 0 {
		t.Error("text became markup")
	}
	if got := doc.Find("h1").Text(); !strings.Contains(got, "<script>") {
		t.Errorf("the name is shown as %q", got)
	}
}

func TestCodesStandAsTheyCame(t *testing.T) {
	c := sampleCase().with(fullPage("Case"))
	for _, code := range []string{"id_mrz_check_failure", "ERROR_NOT_READABLE_ID.DIGITAL_COPY", "_odd_", "x", ""} {
		c.Findings[0].Chip.Code = code
		if got := render(t, Case(c)).Find(".f-chip code").First().Text(); strings.TrimSpace(got) != code {
			t.Errorf("%q is shown as %q", code, got)
		}
	}
}

// contrast is WCAG 2's ratio of two colours written #rrggbb.
func contrast(a, b string) float64 {
	la, lb := luminance(a), luminance(b)
	return (math.Max(la, lb) + .05) / (math.Min(la, lb) + .05)
}

func luminance(hex string) float64 {
	n, _ := strconv.ParseUint(hex[1:], 16, 32)
	l := 0.0
	for i, w := range []float64{.2126, .7152, .0722} {
		c := float64(n>>(16-8*i)&255) / 255
		if c <= .04045 {
			c /= 12.92
		} else {
			c = math.Pow((c+.055)/1.055, 2.4)
		}
		l += w * c
	}
	return l
}

func TestTokenContrast(t *testing.T) {
	css, err := os.ReadFile("../static/desk.css")
	if err != nil {
		t.Fatal(err)
	}
	tokens := map[string][2]string{}
	for _, m := range regexp.MustCompile(`(?m)^\s+--([a-z0-9-]+):\s+light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\);`).FindAllSubmatch(css, -1) {
		tokens[string(m[1])] = [2]string{string(m[2]), string(m[3])}
	}
	if len(tokens) < 28 {
		t.Fatalf("only %d colour tokens found", len(tokens))
	}
	tokens["white"] = [2]string{"#ffffff", "#ffffff"}
	pairs := []struct {
		on   []string
		text []string
		need float64
	}{
		{[]string{"canvas", "surface", "sunken", "raised", "hover", "selected"}, []string{"ink", "ink-2", "ink-3"}, 4.5},
		{[]string{"mute-soft"}, []string{"ink", "ink-2"}, 4.5},
		{[]string{"canvas", "surface", "raised", "accent-soft"}, []string{"accent"}, 4.5},
		{[]string{"surface", "canvas", "sunken", "raised", "hover", "bad-soft"}, []string{"bad"}, 4.5},
		{[]string{"ok-soft", "surface"}, []string{"ok"}, 4.5},
		{[]string{"warn-soft", "surface"}, []string{"warn"}, 4.5},
		{[]string{"info-soft", "surface"}, []string{"info"}, 4.5},
		{[]string{"crit-soft", "surface"}, []string{"crit"}, 4.5},
		{[]string{"accent-solid", "ok-solid", "bad-solid"}, []string{"white"}, 4.5},
		{[]string{"surface", "canvas", "raised"}, []string{"control", "focus"}, 3},
	}
	for _, p := range pairs {
		for _, on := range p.on {
			for _, text := range p.text {
				for i, theme := range []string{"light", "dark"} {
					if got := contrast(tokens[text][i], tokens[on][i]); got < p.need {
						t.Errorf("%s on %s, %s: %.2f, needs %.1f", text, on, theme, got, p.need)
					}
				}
			}
		}
	}
}

func BenchmarkQueue(b *testing.B) {
	q := sampleQueue().with(fullPage("Queue"))
	for len(q.Rows) < 50 {
		q.Rows = append(q.Rows, q.Rows[:min(12, 50-len(q.Rows))]...)
	}
	var buf bytes.Buffer
	for b.Loop() {
		buf.Reset()
		if err := Queue(q).Render(context.Background(), &buf); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(buf.Len()), "bytes")
}
