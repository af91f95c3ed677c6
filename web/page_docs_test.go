package web

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"reviewdesk/review"
	"reviewdesk/web/platform"
	"reviewdesk/web/platform/contract"
)

var apiContract = sync.OnceValues(func() (*contract.Contract, error) { return contract.New(platform.Description(testBase)) })

// described holds every answer of a program's address against the APIs' description.
func described(t testing.TB, h http.Handler) http.Handler {
	t.Helper()
	c, err := apiContract()
	if err != nil {
		t.Fatal(err)
	}
	return c.Around(t, h)
}

func TestEveryRouteOfProgramsIsDescribedAndTheOtherWayRound(t *testing.T) {
	hole := regexp.MustCompile(`\{[^}]*\}`)
	said := pathsOf(t, newTestDesk(t).browser().get("/api/openapi.json").Body.Bytes())
	for i := range said {
		said[i] = hole.ReplaceAllString(said[i], "{}")
	}
	for _, route := range Routes() {
		_, path, _ := strings.Cut(route.Pattern, " ")
		pattern := hole.ReplaceAllString(route.Pattern, "{}")
		if i := slices.Index(said, pattern); i >= 0 {
			said = slices.Delete(said, i, i+1)
		} else if platform.Owns(path) {
			t.Errorf("%s is not described", route.Pattern)
		}
	}
	if len(said) > 0 {
		t.Errorf("described, and no route: %v", said)
	}
}

func TestTheDescriptionAsksForWhatTheTableAsksFor(t *testing.T) {
	var doc struct {
		Paths map[string]map[string]struct{ Security []map[string][]string }
	}
	if err := json.Unmarshal(platform.Description(testBase), &doc); err != nil {
		t.Fatal(err)
	}
	for _, route := range routes {
		method, path, _ := strings.Cut(route.Pattern, " ")
		if !platform.Owns(path) {
			continue
		}
		want := []map[string][]string{{}}
		switch route.Who.program {
		case review.Cybrid:
			want = []map[string][]string{{"oauth2": {route.Who.scope}}, {"BearerAuth": {route.Who.scope}}}
		case review.Coinify:
			want = []map[string][]string{{"TraderBearer": {}}}
		}
		said := doc.Paths[strings.ReplaceAll(path, "{guid}", "{identity_verification_guid}")][strings.ToLower(method)].Security
		if path == "/oauth/token" {
			want = []map[string][]string{{}, {"ClientBasic": {}}} // the secret in the body, or by HTTP Basic
		} else if len(said) == 0 {
			said = []map[string][]string{{}}
		}
		if !reflect.DeepEqual(said, want) {
			t.Errorf("%s asks for %v, and is said to ask for %v", route.Pattern, want, said)
		}
	}
}

// pathsOf lists the description's operations as routes are written.
func pathsOf(t *testing.T, body []byte) (out []string) {
	t.Helper()
	var doc struct {
		Servers []struct{ URL string }
		Paths   map[string]map[string]json.RawMessage
	}
	if err := json.Unmarshal(body, &doc); err != nil {
		t.Fatal(err)
	}
	if len(doc.Servers) != 1 || doc.Servers[0].URL != testBase {
		t.Errorf("the servers are %v", doc.Servers)
	}
	for path, methods := range doc.Paths {
		for method := range methods {
			out = append(out, strings.ToUpper(method)+" "+path)
		}
	}
	return out
}

func TestTheDescriptionIsServedToEverybody(t *testing.T) {
	d := newTestDesk(t)
	w := d.browser().get("/api/openapi.json")
	wantStatus(t, w, http.StatusOK)
	tag := w.Header().Get("Etag")
	if w.Header().Get("Content-Type") != "application/json" || tag == "" || len(w.Result().Cookies()) > 0 {
		t.Errorf("answered with %v", w.Header())
	}
	pathsOf(t, w.Body.Bytes())
	r := d.browser().request("GET", "/api/openapi.json", nil)
	r.Header.Set("If-None-Match", tag)
	again := d.browser().send(r)
	if again.Code != http.StatusNotModified || again.Body.Len() > 0 {
		t.Errorf("the same copy again answers %d", again.Code)
	}
	r = d.browser().request("GET", "/api/openapi.json", nil)
	r.Header.Set("Accept-Encoding", "gzip")
	if packed := d.browser().send(r); packed.Header().Get("Content-Encoding") != "gzip" || packed.Body.Len() > w.Body.Len()/3 {
		t.Errorf("%d bytes, packed %d", w.Body.Len(), packed.Body.Len())
	}
}

func TestThePageShowsAllThatTheDescriptionSays(t *testing.T) {
	d := newTestDesk(t)
	doc := d.browser().get("/api/openapi.json").Body.Bytes()
	w := d.browser().get("/api/docs")
	wantStatus(t, w, http.StatusOK)
	shown := page(t, w)
	var operations []string
	shown.Find("article.op .where").Each(func(_ int, s *goquery.Selection) {
		operations = append(operations, s.Find(".verb").Text()+" "+s.Find("code").Text())
	})
	for _, route := range pathsOf(t, doc) {
		if !slices.Contains(operations, route) {
			t.Errorf("%s is not on the page", route)
		}
	}
	all := text(w)
	var whole struct {
		Components struct {
			Schemas map[string]struct {
				Enum       []any
				Properties map[string]any
			}
		}
		Webhooks map[string]any
	}
	if err := json.Unmarshal(doc, &whole); err != nil {
		t.Fatal(err)
	}
	for name := range whole.Webhooks {
		if !slices.Contains(operations, "EVENT "+name) {
			t.Errorf("the webhook %s is not on the page", name)
		}
	}
	for name, schema := range whole.Components.Schemas {
		section := shown.Find("#" + anchor("schema", name))
		for member := range schema.Properties {
			if !strings.Contains(section.Text(), member) {
				t.Errorf("%s.%s is not on the page", name, member)
			}
		}
		for _, word := range schema.Enum {
			if word, is := word.(string); is && !strings.Contains(section.Text(), word) {
				t.Errorf("%s does not list %s", name, word)
			}
		}
	}
	for _, said := range []string{"MANUAL_REVIEW", "Idempotency-Key", "This desk’s own", "Waiting for manual review", "Manual review needed"} {
		if !strings.Contains(strings.ReplaceAll(all, "'", "’"), said) {
			t.Errorf("the page does not say %q", said)
		}
	}
	inside(t, shown)
}

// inside checks that every link within the page leads somewhere, and that nothing
// comes from elsewhere.
func inside(t *testing.T, shown *goquery.Document) {
	t.Helper()
	shown.Find("[href], [src]").Each(func(_ int, s *goquery.Selection) {
		to := s.AttrOr("href", s.AttrOr("src", ""))
		id, within := strings.CutPrefix(to, "#")
		if within && shown.Find("[id='"+id+"']").Length() != 1 {
			t.Errorf("%s leads nowhere", to)
		}
		if !within && !strings.HasPrefix(to, "/") {
			t.Errorf("%s is elsewhere", to)
		}
	})
	ids := map[string]bool{}
	shown.Find("[id]").Each(func(_ int, s *goquery.Selection) {
		if id := s.AttrOr("id", ""); ids[id] {
			t.Errorf("the id %s stands twice", id)
		} else {
			ids[id] = true
		}
	})
}

func TestOnlyThePageWithNothingOfAnybodyIsPacked(t *testing.T) {
	d := newTestDesk(t)
	b, _ := d.signedIn(review.RoleSenior)
	packed := func(path string) (plain, sent []byte, w *httptest.ResponseRecorder) {
		plain = b.get(path).Body.Bytes()
		r := b.request("GET", path, nil)
		r.Header.Set("Accept-Encoding", "gzip")
		w = b.send(r)
		wantStatus(t, w, http.StatusOK)
		return plain, w.Body.Bytes(), w
	}
	plain, sent, w := packed("/api/docs")
	z, err := gzip.NewReader(bytes.NewReader(sent))
	if err != nil || w.Header().Get("Content-Encoding") != "gzip" || !strings.Contains(w.Header().Get("Vary"), "Accept-Encoding") {
		t.Fatalf("%v: %v", w.Header(), err)
	}
	unpacked := body(t, z)
	if now := regexp.MustCompile(`\d{4}-\d\d-\d\dT[0-9:.]+Z|[0-9A-Z]{26}|[0-9a-f]{16,}`); now.ReplaceAllString(string(unpacked), "") != now.ReplaceAllString(string(plain), "") {
		t.Error("it is another page")
	}
	if len(sent)*5 > len(plain) {
		t.Errorf("%d bytes were packed into %d", len(plain), len(sent))
	}
	for _, path := range []string{"/queue", "/audit"} {
		if _, _, w := packed(path); w.Header().Get("Content-Encoding") != "" {
			t.Errorf("%s is packed", path)
		}
	}
}
