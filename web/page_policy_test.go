package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"reviewdesk/review"
)

// policyForm is the policy's form as the page shows it.
func policyForm(t *testing.T, b *browser) url.Values {
	t.Helper()
	w := b.get("/admin/policy")
	wantStatus(t, w, http.StatusOK)
	form := url.Values{}
	doc := page(t, w)
	doc.Find("#policy input").Each(func(_ int, s *goquery.Selection) {
		name, value := s.AttrOr("name", ""), s.AttrOr("value", "")
		if _, checked := s.Attr("checked"); s.AttrOr("type", "") != "checkbox" || checked {
			form.Add(name, value)
		}
	})
	doc.Find("#policy select").Each(func(_ int, s *goquery.Selection) {
		form.Add(s.AttrOr("name", ""), s.Find("option[selected]").AttrOr("value", s.Find("option").First().AttrOr("value", "")))
	})
	return form
}

func flat(form url.Values) []string {
	var out []string
	for name, values := range form {
		for _, v := range values {
			out = append(out, name, v)
		}
	}
	return out
}

func TestAnAdminMakesANewVersionOfThePolicy(t *testing.T) {
	d := newTestDesk(t)
	b, _ := d.signedIn(review.RoleAdmin)
	officer, _ := d.signedIn(review.RoleReviewer)
	id := d.Cybrid(1, "Ines Moreau", "address_check_failure")
	form := policyForm(t, b)
	if got := form.Get("version"); got != "1" {
		t.Fatalf("the form is about version %s", got)
	}
	form.Set("sample_percent", "7")
	form["code"][0], form["code_severity"][0], form["code_rule"][0] = "cybrid:address_check_failure", "critical", "four_eyes"
	last := len(form["ground_key"]) - 1
	form["ground_key"][last], form["ground_words"][last], form["ground_action"][last] = "seen_in_person", "Seen in person", "approve"
	w := b.post("/admin/policy", flat(form)...)
	wantStatus(t, w, http.StatusSeeOther)
	p, err := d.Policy(t.Context())
	if err != nil || p.Version != 2 || p.SamplePercent != 7 || len(p.Codes) != 1 || p.Grounds[len(p.Grounds)-1].Key != "seen_in_person" {
		t.Fatalf("%+v %v", p, err)
	}
	if list := officer.get("/queue?severity=critical").Body.String(); !strings.Contains(list, id) {
		t.Error("the queue's filter does not see the severity of the new policy")
	}
	wantStatus(t, b.post("/admin/policy", flat(form)...), http.StatusConflict)
	old := b.get("/admin/policy?version=1")
	wantStatus(t, old, http.StatusOK)
	if strings.Contains(text(old), "Make a new version") || !strings.Contains(text(b.get("/audit?kind=policy_changed")), "version 2 of the policy") {
		t.Error("an old version can be changed, or the log does not name the new one")
	}
	wantStatus(t, b.get("/admin/policy?version=3"), http.StatusNotFound)
}

func TestAPolicyThatCannotBeIsToldBesideItsField(t *testing.T) {
	d := newTestDesk(t)
	b, _ := d.signedIn(review.RoleAdmin)
	for name, test := range map[string]struct {
		change func(url.Values)
		field  string
	}{
		"a target of no hours":             {func(f url.Values) { f.Set("target_hours", "0") }, "target_hours"},
		"a limit before the target":        {func(f url.Values) { f.Set("limit_hours", "1") }, "limit_hours"},
		"words for a number":               {func(f url.Values) { f.Set("undo_seconds", "ten") }, "undo_seconds"},
		"more than all":                    {func(f url.Values) { f.Set("sample_percent", "101") }, "sample_percent"},
		"no ground to approve":             {func(f url.Values) { f["ground_action"] = many("reject", len(f["ground_key"])) }, "ground"},
		"a key with spaces":                {func(f url.Values) { f["ground_key"][0] = "a b" }, "ground"},
		"one person over a prohibited one": {func(f url.Values) { f["code"][0], f["code_rule"][0] = never(), "yes" }, "code." + strings.TrimPrefix(never(), "cybrid:")},
	} {
		t.Run(name, func(t *testing.T) {
			form := policyForm(t, b)
			test.change(form)
			w := b.post("/admin/policy", flat(form)...)
			wantStatus(t, w, http.StatusUnprocessableEntity)
			if page(t, w).Find("[id='"+test.field+"-error'], [href='#"+test.field+"'], [id='"+test.field+"']").Length() == 0 {
				t.Errorf("no word about %s: %s", test.field, text(w))
			}
		})
	}
	if p, err := d.Policy(t.Context()); err != nil || p.Version != 1 {
		t.Errorf("%+v %v", p, err)
	}
}

func many(s string, n int) []string {
	out := make([]string, n)
	for i := range out {
		out[i] = s
	}
	return out
}

// never is a code that nobody may approve over.
func never() string {
	for _, c := range review.Standard.Codes(review.Cybrid) {
		if c.Overridable == review.OverridableNo {
			return "cybrid:" + c.Code
		}
	}
	return ""
}

func TestAnOfficerDeclaresWhoseCasesMustNotCome(t *testing.T) {
	d := newTestDesk(t)
	b, _ := d.signedIn(review.RoleReviewer)
	other, _ := d.signedIn(review.RoleSenior)
	d.Cybrid(1, "Ines Moreau", "address_check_failure")
	wantStatus(t, b.post("/interests", "interest", "x"), http.StatusUnprocessableEntity)
	wantStatus(t, b.post("/interests", "interest", "Moreau, Inès"), http.StatusSeeOther)
	if !strings.Contains(text(b.get("/interests")), "Moreau, Inès") || strings.Contains(text(other.get("/interests")), "Moreau") {
		t.Error("a declaration is lost, or shown to somebody else")
	}
	if strings.Contains(d.log.String(), "Moreau") {
		t.Error("the log of the program names the person")
	}
	w := b.post("/queue/next")
	if to := w.Header().Get("Location"); strings.Contains(to, "/verifications/") {
		t.Errorf("the case came all the same: %s", to)
	}
	href, _ := page(t, b.get("/interests")).Find("form[action$='/withdraw']").Attr("action")
	wantStatus(t, other.post(href), http.StatusNotFound)
	wantStatus(t, b.post(href), http.StatusSeeOther)
	if to := b.post("/queue/next").Header().Get("Location"); !strings.Contains(to, "/verifications/") {
		t.Errorf("the case does not come: %s", to)
	}
}
